/** Reads the stacks of the engine, and finds out which of them have their state in this backend. */
import { existsSync } from "node:fs";
import { agentFiles, livingAgent } from "../../../lib/agents/process.ts";
import { namesOf, project } from "../../../lib/cluster/names.ts";
import { engine } from "../../../lib/engine/api.ts";
import { listContainers, listNetworks, listVolumes } from "../../../lib/engine/inventory.ts";
import { forEachParallel } from "../../../lib/host/parallel.ts";
import { listSwarmLeases } from "../../../lib/swarm/inventory.ts";
import { recordedThings } from "../stack/recorded.ts";
import { readState, stacksThatAreUp } from "../stack/state.ts";
import { type EngineStack, stacksIn } from "./engineStacks.ts";
import type { ListedStack, Origin } from "./listing.ts";

/** How many states are read at once; each takes a run of Pulumi. */
const readers = 4;

/** The stacks, and the time by the engine's clock in milliseconds. */
export interface StacksNow {
  readonly stacks: readonly ListedStack[];
  readonly now: number;
}

/** @param env the environment for Pulumi. */
export async function readStacks(env: NodeJS.ProcessEnv): Promise<StacksNow> {
  const [containers, networks, volumes, swarmLeases, info, up] = await Promise.all([
    listContainers({}),
    listNetworks(),
    listVolumes(),
    listSwarmLeases(),
    engine({ method: "GET", path: "/info" }),
    stacksThatAreUp(env),
  ]);
  const found = stacksIn({ containers, networks, volumes, swarmLeases });
  const origins = new Map<string, Origin>();
  await forEachParallel(found, readers, async (stack) => {
    const isNamed = up.includes(stack.name);
    origins.set(stack.name, isNamed ? await originOf(stack, env) : "elsewhere");
  });
  const stacks = found.map((stack) => {
    const origin = origins.get(stack.name)!;
    return { ...(origin === "here" ? withHostAgent(stack) : stack), origin };
  });
  return { stacks, now: Date.parse((info as { readonly SystemTime: string }).SystemTime) };
}

/** Another clone may have a stack of the same name on this engine, so the name alone proves nothing. */
async function originOf({ name, ids }: EngineStack, env: NodeJS.ProcessEnv): Promise<Origin> {
  const state = await readState(name, env);
  if (state.kind === "unreadable") return "unreadable";
  const recorded = recordedThings(state.kind === "known" ? state.resources : []);
  return recorded.isDisjointFrom(ids) ? "elsewhere" : "here";
}

/** Adds the host's agent, which the engine does not know if it is a process. */
function withHostAgent(stack: EngineStack): EngineStack {
  const { hostAgentDir } = namesOf(project, stack.name);
  if (!existsSync(agentFiles(hostAgentDir).process)) return stack;
  const isRunning = livingAgent(hostAgentDir) !== undefined;
  return {
    ...stack,
    members: stack.members + 1,
    running: stack.running + (isRunning ? 1 : 0),
  };
}
