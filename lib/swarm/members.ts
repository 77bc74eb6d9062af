/** Which members a Swarm's tasks should be, and which tasks are missing. */
import type { ExpectedMember } from "../cluster/members.ts";
import { specLabel } from "../cluster/labels.ts";
import { compareNames } from "../cluster/members.ts";
import type { DeclaredService } from "../inputs/swarmFormation.ts";
import type { SwarmNode, SwarmState, SwarmTask } from "./api.ts";

/** A service whose tasks are not all running, or which Swarm has not updated. */
export interface ServiceFault {
  readonly service: string;
  readonly fault: string;
  /** The task whose log may say why. Default: no task has failed. */
  readonly task?: string;
}

/** What the Swarm runs, compared with what was declared. */
export interface Comparison {
  /** The members that the running tasks should be. */
  readonly expected: readonly ExpectedMember[];
  /** Services that are on their way. */
  readonly pending: readonly ServiceFault[];
  /** Services that Swarm has set back to what they were, or is about to. Waiting does not change that. */
  readonly refused: readonly ServiceFault[];
}

/** @param network the name of the cluster's network. */
export function compareSwarm(
  declared: readonly DeclaredService[],
  swarm: SwarmState,
  network: string,
): Comparison {
  const all = declared.map((one) => compareService(one, swarm, network));
  return {
    expected: all
      .flatMap(({ expected }) => expected)
      .toSorted((a, b) => compareNames(a.name, b.name)),
    pending: all.flatMap(({ pending }) => pending),
    refused: all.flatMap(({ refused }) => refused),
  };
}

function compareService(
  declared: DeclaredService,
  { services, tasks, nodes }: SwarmState,
  network: string,
): Comparison {
  const fault = (text: string, failed?: SwarmTask): ServiceFault => ({
    ...{ service: declared.name, fault: text },
    ...(failed && { task: failed.ID }),
  });
  const service = services.find(({ Spec }) => Spec.Name === declared.name);
  if (service === undefined) {
    return { expected: [], pending: [fault("Swarm has no such service")], refused: [] };
  }
  const own = tasks.filter(({ ServiceID }) => ServiceID === service.ID);
  const running = own.filter(
    (task) => task.DesiredState === "running" && task.Status.State === "running",
  );
  const expected = running.flatMap((task) => memberOf(task, declared, nodes, network) ?? []);
  const wanted = declared.replicas ?? nodes.filter(isEligible).length;
  const { State: update = "completed", Message: message = "" } = service.UpdateStatus ?? {};
  const isDeclared = service.Spec.Labels[specLabel] === declared.spec;
  if (update === "paused" || (update.startsWith("rollback_") && !isDeclared)) {
    const failed = lastFailure(own);
    const reason = failed === undefined ? "" : `: ${failed.Status.Err!}`;
    const pending = isOver(update) ? [] : [fault(`the update is ${update}`)];
    return { expected, pending, refused: [fault(`${message || update}${reason}`, failed)] };
  }
  const reasons = [
    ...(expected.length === wanted ? [] : [`${expected.length} of ${wanted} tasks run`]),
    // Swarm says for ever how the last update has ended, also of a service that is now declared as it was before.
    ...(isOver(update) ? [] : [`the update is ${update}`]),
  ];
  if (reasons.length === 0) return { expected, pending: [], refused: [] };
  const failed = lastFailure(own);
  const text = [reasons.join(", "), ...(failed ? [failed.Status.Err!] : [])].join(": ");
  return { expected, pending: [fault(text, failed)], refused: [] };
}

/** Whether Swarm does nothing more about an update. */
function isOver(update: string): boolean {
  return update !== "updating" && update !== "rollback_started";
}

/** Whether Swarm runs tasks of global services on a node. */
function isEligible({ Spec, Status }: SwarmNode): boolean {
  return Spec.Availability === "active" && Status.State === "ready";
}

/** The member that a running task should be; undefined while it has no address. */
function memberOf(
  task: SwarmTask,
  { name, replicas, tags }: DeclaredService,
  nodes: readonly SwarmNode[],
  network: string,
): ExpectedMember | undefined {
  const attached = (task.NetworksAttachments ?? []).find(
    ({ Network }) => Network.Spec.Name === network,
  );
  const address = attached?.Addresses?.[0]?.replace(/\/.*/, "");
  const host = nodes.find(({ ID }) => ID === task.NodeID)?.Description.Hostname;
  if (address === undefined || host === undefined) return undefined;
  // As Swarm names a task's container.
  const place = task.Slot ?? task.NodeID!;
  return {
    name: `${name}.${place}.${task.ID}`,
    address,
    tags: {
      ...tags,
      ...(replicas !== undefined && { slot: String(task.Slot) }),
      ...{ host, task: task.ID },
    },
  };
}

/** The last of a service's tasks that has failed. */
function lastFailure(tasks: readonly SwarmTask[]): SwarmTask | undefined {
  return tasks
    .filter(({ Status }) => Status.Err)
    .toSorted((a, b) => (a.Status.Timestamp ?? "").localeCompare(b.Status.Timestamp ?? ""))
    .at(-1);
}

/** The place that a task's member has in its service: its name without the last part, the ID of the task. */
export function placeOf({ name }: { readonly name: string }): string {
  return name.replace(/\.[^.]*$/, "");
}
