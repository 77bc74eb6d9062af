import { readFile } from "node:fs/promises";
import { agentFiles } from "../agents/process.ts";
import type { Member } from "../cluster/members.ts";
import { type NamedEngine, onEngine } from "../engine/scope.ts";
import { openInContainer, toHostAgent } from "../serf/open.ts";
import { SerfRpc } from "../serf/rpc.ts";

/** An agent whose view of the cluster can be read. */
export type View = ContainerView | HostView;

/** An agent in a container. */
interface ContainerView {
  readonly kind: "container";
  readonly name: string;
  /** Its engine, if the stack has several. */
  readonly engine?: NamedEngine;
}

/** The host's agent as a process. */
interface HostView {
  readonly kind: "host";
  readonly name: string;
  /** The folder of the agent's files, which include the RPC token. */
  readonly dir: string;
  /** The loopback port of its RPC. */
  readonly rpcPort: number;
}

const connections = new Map<string, Promise<SerfRpc>>();

/**
 * Asks a view's agent. The connection is kept for the next question, but does not keep this process running.
 *
 * @param timeout milliseconds for each step of connecting. Default: 10,000.
 * @throws RpcError or EngineError when the agent does not answer or refuses.
 */
export async function ask<T>(
  view: View,
  question: (agent: SerfRpc) => Promise<T>,
  timeout?: number,
): Promise<T> {
  return await question(await connection(view, timeout));
}

/** The members in a view. Errors as of {@link ask}. */
export function membersSeenBy(view: View, timeout?: number): Promise<Member[]> {
  return ask(view, (agent) => agent.members({}, timeout), timeout);
}

/** Closes the connections to all views. */
export async function closeViews(): Promise<void> {
  const open = await Promise.allSettled(connections.values());
  connections.clear();
  const agents = open.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  await Promise.all(agents.map((agent) => agent.close()));
}

async function connection(view: View, timeout?: number): Promise<SerfRpc> {
  const key = JSON.stringify(view);
  const known = connections.get(key);
  if (known === undefined) {
    const fresh = connect(view, timeout);
    connections.set(key, fresh);
    return await fresh;
  }
  const agent = await known.catch(() => undefined);
  if (agent !== undefined && !agent.isOver) return agent;
  if (connections.get(key) === known) connections.delete(key);
  return await connection(view, timeout);
}

async function connect(view: View, timeout?: number): Promise<SerfRpc> {
  const { name } = view;
  if (view.kind === "container") {
    return await onEngine(view.engine, () => openInContainer(name, { timeout }));
  }
  const token = await readFile(agentFiles(view.dir).token, "utf8");
  return await SerfRpc.open(toHostAgent(view.rpcPort), { name, token, timeout });
}

/** The view of a host agent that runs as a process. */
export function hostView({ name, dir, rpcPort }: Omit<HostView, "kind">): View {
  return { kind: "host", name, dir, rpcPort };
}
