/** Lowers services by a few members at a time. */
import type { Labels } from "../cluster/labels.ts";
import { engine, query } from "../engine/api.ts";
import { pause } from "../host/run.ts";
import type { SwarmScalingInput } from "../inputs/swarmScaling.ts";
import { readSwarm, type SwarmService, type SwarmState } from "./api.ts";

/**
 * How many members leave at once. When dozens do, the engines are busy with their containers, the messages that
 * announce it are lost, and the others list them as leaving or failed for long.
 */
const membersAtOnce = 20;

/** Milliseconds after which the next step is taken, whether or not the members of this one have left. */
const stepLimit = 30_000;

/** Milliseconds between two checks. */
const pollInterval = 300;

/** A service, and how many tasks it gets. */
interface Step {
  readonly service: SwarmService;
  readonly replicas: number;
}

/**
 * What is to be lowered next; empty if what is left is at most one step, which the services' own update takes.
 *
 * @param wanted how many tasks each service will have. One that is missing will be removed.
 */
export function nextSteps(
  services: readonly SwarmService[],
  wanted: SwarmScalingInput["replicas"],
): Step[] {
  const surplus = services.flatMap((service) => {
    const replicas = service.Spec.Mode.Replicated?.Replicas ?? 0;
    const more = replicas - (wanted[service.Spec.Name] ?? 0);
    return more > 0 ? [{ service, replicas, more }] : [];
  });
  if (surplus.reduce((sum, { more }) => sum + more, 0) <= membersAtOnce) return [];
  let left = membersAtOnce;
  return surplus.flatMap(({ service, replicas, more }) => {
    const fewer = Math.min(more, left);
    left -= fewer;
    return fewer > 0 ? [{ service, replicas: replicas - fewer }] : [];
  });
}

/**
 * Lowers the services that will have fewer tasks, until the rest is one step.
 *
 * @throws EngineError when the engine does not answer or refuses it.
 */
export async function lowerInSteps({ replicas, labels }: SwarmScalingInput): Promise<void> {
  for (;;) {
    const steps = nextSteps((await readSwarm(labels)).services, replicas);
    if (steps.length === 0) return;
    for (const step of steps) await lower(step);
    await untilGone(labels, steps);
  }
}

/** Changes the number alone: the rest of the service is what the manager says that it is. */
async function lower({ service: { ID, Spec, Version }, replicas }: Step): Promise<void> {
  console.error(`${Spec.Name}: ${replicas} tasks for the time being`);
  await engine({
    method: "POST",
    path: `/services/${ID}/update?${query({ version: String(Version.Index) })}`,
    body: { ...Spec, Mode: { Replicated: { Replicas: replicas } } },
  });
}

async function untilGone(labels: Labels, steps: readonly Step[]): Promise<void> {
  const deadline = Date.now() + stepLimit;
  while (Date.now() < deadline) {
    const swarm = await readSwarm(labels);
    if (steps.every((step) => runningTasks(swarm, step.service.ID) <= step.replicas)) return;
    await pause(pollInterval);
  }
}

/** How many tasks of a service run on nodes that answer; a lost node never says that one has ended. */
export function runningTasks({ tasks, nodes }: SwarmState, service: string): number {
  const ready = nodes.filter(({ Status }) => Status.State === "ready").map(({ ID }) => ID);
  return tasks.filter(
    ({ ServiceID, NodeID, Status }) =>
      ServiceID === service && Status.State === "running" && ready.includes(NodeID ?? ""),
  ).length;
}
