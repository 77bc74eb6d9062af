/** The ways to an agent's RPC. What is idle does not keep this process from ending. */
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { containerStream } from "./containerStream.ts";
import type { RpcConnectionOptions } from "./rpcConnection.ts";
import { SerfRpc } from "./serfRpc.ts";

/** To the agent of this host that answers on a port of loopback. */
export function toHostAgent(port: number): Duplex {
  return connect({ host: "127.0.0.1", port }).unref();
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
  const stream = await containerStream(container, ["rpc"], options.timeout);
  stream.unref();
  const token = await firstLine(stream, options.timeout);
  return await SerfRpc.open(stream, { ...options, name: container, token });
}

/** @throws Error when there is none within the time, or the stream fails; the stream is destroyed then. */
async function firstLine(stream: Duplex, timeout = 10_000): Promise<string> {
  const line = Promise.withResolvers<string>();
  let bytes = Buffer.alloc(0);
  const take = () => {
    bytes = Buffer.concat([bytes, (stream.read() as Buffer | null) ?? Buffer.alloc(0)]);
    const end = bytes.indexOf("\n");
    if (end >= 0) line.resolve(bytes.subarray(0, end).toString());
  };
  const fail = (error?: Error) => line.reject(error ?? new Error("rpc ended without a token"));
  const late = () => stream.destroy(new Error("rpc told no token in time"));
  const timer = setTimeout(late, timeout);
  stream.on("readable", take).once("end", fail).once("error", fail);
  try {
    return await line.promise;
  } catch (error) {
    stream.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    stream.off("readable", take).off("end", fail).off("error", fail);
  }
}
