/** The ways to an agent's RPC. */
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { childStream } from "./childStream.ts";

/** To the agent of this host that answers on a port of loopback. */
export function toHostAgent(port: number): Duplex {
  return connect({ host: "127.0.0.1", port });
}

/**
 * To the agent in a container. Agents there answer on the container's own loopback, so a program in
 * the container carries the bytes; it ends when its input does, also when this process was killed.
 */
export function toContainer(container: string): Duplex {
  return childStream("docker", ["exec", "-i", container, "rpc"]);
}
