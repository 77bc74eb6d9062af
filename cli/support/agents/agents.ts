/** The agents of a stack that the commands ask. */
import { agentRoles, labelFilters, labelsOf, roleLabel } from "../../../lib/cluster/labels.ts";
import { compareNames } from "../../../lib/cluster/members.ts";
import { project } from "../../../lib/cluster/names.ts";
import { UserError } from "../../../lib/host/errors.ts";
import { docker } from "../../../lib/host/run.ts";
import { RpcError } from "../../../lib/serf/connection.ts";
import { openInContainer } from "../../../lib/serf/open.ts";
import type { SerfRpc } from "../../../lib/serf/rpc.ts";

/** How many agents are asked before a command gives up. */
const tries = 5;

/** How an agent is chosen. */
export interface AgentChoice {
  /** The container that is asked last of all. Default: none. */
  readonly avoid?: string;
  /** Ends the search when it is aborted, and the connection that was found. Default: nothing. */
  readonly signal?: AbortSignal;
}

/**
 * Lets the first agent of the stack do something that can, the seed's first of all.
 *
 * @param work is given the name of a running container, which is also the member's name.
 * @throws UserError when none can; it says what each of them said.
 */
async function firstAgent<T>(
  stack: string,
  work: (container: string) => Promise<T>,
  { avoid, signal }: AgentChoice = {},
): Promise<T> {
  const containers = agentOrder(await runningContainers(stack), avoid);
  if (containers.length === 0) {
    throw new UserError(
      `No container of stack ${stack} runs here. \`npm start -- --stack ${stack}\` makes the cluster.`,
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
 * Works through one agent of the stack and closes the connection. Another agent is asked only as long
 * as none has answered: what was sent once is not sent again.
 *
 * @throws UserError when none answers, or the one that did refuses.
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

/** The seed first, the others by their numbers, the one to be avoided last. */
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
