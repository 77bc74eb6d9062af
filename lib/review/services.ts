/** What a preview does to the services of a stack whose members are run by Swarm. */
import { compareNames } from "../cluster/members.ts";
import { actionOf, changedPaths, partsOf, type PreviewStep } from "./preview.ts";

/** How many members a service has; a preview does not know how many nodes there are. */
type Members = number | "one on each node";

export interface ServiceChange {
  readonly name: string;
  /** 0 where there is no such service. */
  readonly before: Members;
  readonly after: Members;
  /**
   * What is done to the service. `restarted`: Swarm replaces its tasks. `updated`: its running tasks stay.
   * `recreated`: it is deleted with all its tasks, then created again.
   */
  readonly fate: "created" | "deleted" | "recreated" | "restarted" | "updated" | "untouched";
  /** How many of its tasks Swarm replaces at once; undefined: all. */
  readonly parallelism: number | undefined;
  /** The properties for which its tasks are replaced, or else those that differ. */
  readonly reasons: readonly string[];
}

type Inputs = Readonly<Record<string, unknown>>;

const serviceType = "docker:index/service:Service";

/** Each service before or after the change, by name; none if the members are not run by Swarm. */
export function serviceChanges(steps: readonly PreviewStep[]): ServiceChange[] {
  const changes = steps.flatMap((step) => serviceChange(step) ?? []);
  return changes.sort((a, b) => compareNames(a.name, b.name));
}

/** Whether the number of members changes while the service stays. */
export function isScaled({ fate, before, after }: ServiceChange): boolean {
  return (fate === "updated" || fate === "restarted") && before !== after;
}

function serviceChange(step: PreviewStep): ServiceChange | undefined {
  const action = actionOf(step);
  if (partsOf(step.urn).type !== serviceType || action === undefined) return undefined;
  const after = step.newState?.inputs;
  const before = action === "same" ? after : step.oldState?.inputs;
  const paths = action === "same" ? [] : changedPaths(step);
  const causes = paths.filter((path) => isOfTasks(path));
  const fates = {
    create: "created",
    delete: "deleted",
    replace: "recreated",
    update: causes.length > 0 ? "restarted" : "updated",
    same: "untouched",
  } as const;
  return {
    name: String((after ?? before)?.["name"]),
    before: membersOf(before),
    after: membersOf(after),
    fate: fates[action],
    parallelism: parallelismOf(after),
    reasons: reasonsOf(causes.length > 0 ? causes : paths),
  };
}

/** What Swarm compares with a running task; the rest of a service concerns later tasks only. */
function isOfTasks(path: string): boolean {
  return /^(taskSpec|endpointSpec)\b/.test(path);
}

function membersOf(inputs: Inputs | undefined): Members {
  if (inputs === undefined) return 0;
  const mode = inputs["mode"] as { readonly replicated?: { readonly replicas: number } };
  return mode.replicated?.replicas ?? "one on each node";
}

function parallelismOf(inputs: Inputs | undefined): number | undefined {
  const update = inputs?.["updateConfig"] as { readonly parallelism?: number } | undefined;
  // For Swarm, 0 is no limit.
  return update?.parallelism || undefined;
}

/** Parts of a path that say nothing. */
const wrappers = ["taskSpec", "containerSpec", "resources", "mode", "replicated"];

/** For example `image` for `taskSpec.containerSpec.image`. */
function reasonsOf(paths: readonly string[]): string[] {
  const names = paths.map((path) => {
    const parts = path.replace(/\[.*/s, "").split(".");
    return parts.find((part) => !wrappers.includes(part)) ?? parts.at(-1)!;
  });
  return [...new Set(names)].sort();
}
