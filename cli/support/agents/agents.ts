/** Finds an agent of a stack that answers the commands. */
import { agentRoles, labelFilters, labelsOf, roleLabel } from "../../../lib/cluster/labels.ts";
import { compareNames } from "../../../lib/cluster/members.ts";
import { project } from "../../../lib/cluster/names.ts";
import { UserError } from "../../../lib/host/errors.ts";
import { docker } from "../../../lib/host/run.ts";
import { RpcError } from "../../../lib/serf/connection.ts";
import { openInContainer } from "../../../lib/serf/open.ts";
import type { SerfRpc } from "../../../lib/serf/rpc.ts";

/** How many agents are tried before a command gives up. */
const tries = 5;

/** Options for choosing an agent. */
export interface AgentChoice {
  /** The container to try last. Default: none. */
  readonly avoid?: string;
  /** When aborted, stops the search and closes the connection. Default: none. */
  readonly signal?: AbortSignal;
}

/**
 * Tries the agents of the stack one after the other, the seed's first, until one succeeds.
 *
 * @param work gets the name of a running container, which is also the member's name.
 * @throws UserError when none succeeds, with each agent's error.
 */
async function firstAgent<T>(
  stack: string,
  work: (container: string) => Promise<T>,
  { avoid, signal }: AgentChoice = {},
): Promise<T> {
  const containers = agentOrder(await runningContainers(stack), avoid);
  if (containers.length === 0) {
    throw new UserError(
      `No container of stack ${stack} is running here. Start the cluster with \`npm start -- --stack ${stack}\`.`,
    );
  }
  const failures: string[] = [];
  for (const name of containers.slice(0, tries)) {
    if (signal?.aborted) break;
    try {
      return await work(name);
    } catch (error) {
      failures.push((error as Error).message);
    }
  }
  throw new UserError(`No agent of stack ${stack} answers:\n${failures.join("\n")}`);
}

/** An agent that answers RPC. */
export interface Agent {
  readonly name: string;
  readonly rpc: SerfRpc;
}

/** Connects to the first agent of the stack that answers RPC within 5 s. As {@link firstAgent}. */
export function openAgent(stack: string, choice: AgentChoice = {}): Promise<Agent> {
  const options = { timeout: 5000, signal: choice.signal };
  const open = async (name: string) => ({ name, rpc: await openInContainer(name, options) });
  return firstAgent(stack, open, choice);
}

/**
 * Opens a connection to an agent of the stack, runs the work and closes the connection. Another agent is
 * tried only while connecting, not when the work fails: an event must not be sent twice.
 *
 * @throws UserError when no agent answers, or the agent reports an error.
 */
export async function throughAgent<T>(
  stack: string,
  work: (agent: Agent) => Promise<T>,
): Promise<T> {
  const agent = await openAgent(stack);
  try {
    return await work(agent);
  } catch (error) {
    throw error instanceof RpcError ? new UserError(error.message) : error;
  } finally {
    await agent.rpc.close();
  }
}

/** The seed first, then the others by their numbers, and the one to avoid last. */
export function agentOrder(containers: readonly string[], avoid?: string): string[] {
  const rank = (name: string) => (name === avoid ? 2 : name.endsWith("-seed") ? 0 : 1);
  return containers.toSorted((a, b) => rank(a) - rank(b) || compareNames(a, b));
}

async function runningContainers(stack: string): Promise<string[]> {
  const filters = labelFilters(labelsOf(project, stack));
  const format = `{{.Names}} {{.Label "${roleLabel}"}}`;
  const list = await docker(["ps", ...filters, "--format", format]).catch((error: unknown) => {
    throw new UserError(`The Docker engine does not answer: ${(error as Error).message}`);
  });
  const found = list.split("\n").map((line) => line.split(" "));
  return found.flatMap(([name = "", role]) =>
    agentRoles.some((known) => known === role) ? name : [],
  );
}
