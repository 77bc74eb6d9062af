/** The ways to an agent's RPC. What is idle does not keep this process from ending. */
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { containerStream } from "../engine/execStream.ts";
import type { RpcConnectionOptions } from "./connection.ts";
import { SerfRpc } from "./rpc.ts";

/** To the agent of this host that answers on a port of loopback. */
export function toHostAgent(port: number): Duplex {
  return connect({ host: "127.0.0.1", port }).unref();
}

/** An agent in a container, with files that it can read. */
export interface AgentWithFiles {
  readonly rpc: SerfRpc;
  /** Their contents by their paths; one that cannot be read is empty. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Begins to speak to the agent in a container. Agents there answer on the container's own loopback, so a
 * program in the container tells the token and carries the bytes.
 *
 * @param options the timeout is that of each step of connecting, too.
 * @throws RpcError when the agent does not answer, EngineError when the engine does not, for example since
 *   the container does not run.
 */
export async function openInContainer(
  container: string,
  options: Omit<RpcConnectionOptions, "name"> = {},
): Promise<SerfRpc> {
  const { rpc } = await openWithFiles(container, [], options);
  return rpc;
}

/**
 * The same, and reads files on the way: to start another program for them in the container takes the engine
 * longer than all that is asked.
 *
 * @param paths of files, or of folders with files; what is not there is left out.
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

/** @throws Error when no token comes within the time, or the stream fails; the stream is destroyed then. */
async function readHead(stream: Duplex, timeout = 10_000) {
  const head = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  const take = () => {
    for (let chunk; (chunk = stream.read() as Buffer | null) !== null;) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    if (/^token .*\n/m.test(text)) head.resolve(text);
  };
  const fail = (error?: Error) => head.reject(error ?? new Error("rpc ended without a token"));
  const late = () => stream.destroy(new Error("rpc told no token in time"));
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

/** Reads what docker/rpc tells first. */
function parseHead(head: string) {
  const contents = [...head.matchAll(/^file (\S*) (.*)$/gm)].map(
    ([, content = "", path = ""]) => [path, Buffer.from(content, "base64").toString()] as const,
  );
  return { token: /^token (.*)$/m.exec(head)?.[1] ?? "", files: new Map(contents) };
}
