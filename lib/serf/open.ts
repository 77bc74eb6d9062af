/** Opens connections to an agent's RPC. An idle connection does not keep this process running. */
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { containerStream } from "../engine/execStream.ts";
import type { RpcConnectionOptions } from "./connection.ts";
import { SerfRpc } from "./rpc.ts";

/** Connects to an agent on this host, by its loopback port. */
export function toHostAgent(port: number): Duplex {
  return connect({ host: "127.0.0.1", port }).unref();
}

/** A connection to an agent in a container, with the contents of files in the container. */
export interface AgentWithFiles {
  readonly rpc: SerfRpc;
  /** The contents by path; empty for a file that could not be read. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Opens a connection to the agent in a container. The agent listens on the container's own loopback, so a program
 * in the container prints the token and forwards the bytes.
 *
 * @param options the timeout also applies to each step of connecting.
 * @throws RpcError when the agent does not answer, EngineError when the engine does not, for example because the
 *   container is not running.
 */
export async function openInContainer(
  container: string,
  options: Omit<RpcConnectionOptions, "name"> = {},
): Promise<SerfRpc> {
  const { rpc } = await openWithFiles(container, [], options);
  return rpc;
}

/**
 * Like {@link openInContainer}, and reads files with the same program: starting another program for that in the
 * container takes longer than all the requests.
 *
 * @param paths of files, or of folders with files. Paths that do not exist are skipped.
 */
export async function openWithFiles(
  container: string,
  paths: readonly string[],
  options: Omit<RpcConnectionOptions, "name"> = {},
): Promise<AgentWithFiles> {
  const stream = await containerStream(container, ["rpc", ...paths], options.timeout);
  stream.unref();
  const { token, files } = await readHead(stream, options.timeout);
  return { rpc: await SerfRpc.open(stream, { ...options, name: container, token }), files };
}

/** @throws Error when no token arrives in time or the stream fails; the stream is then destroyed. */
async function readHead(stream: Duplex, timeout = 10_000) {
  const head = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  const take = () => {
    for (let chunk; (chunk = stream.read() as Buffer | null) !== null;) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    if (/^token .*\n/m.test(text)) head.resolve(text);
  };
  const fail = (error?: Error) =>
    head.reject(error ?? new Error("the program rpc ended without a token"));
  const late = () => stream.destroy(new Error("the program rpc did not send the token in time"));
  const timer = setTimeout(late, timeout);
  stream.on("readable", take).once("end", fail).once("error", fail);
  try {
    return parseHead(await head.promise);
  } catch (error) {
    stream.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    stream.off("readable", take).off("end", fail).off("error", fail);
  }
}

/** Parses the first part of docker/rpc's output. */
function parseHead(head: string) {
  const contents = [...head.matchAll(/^file (\S*) (.*)$/gm)].map(
    ([, content = "", path = ""]) => [path, Buffer.from(content, "base64").toString()] as const,
  );
  return { token: /^token (.*)$/m.exec(head)?.[1] ?? "", files: new Map(contents) };
}
