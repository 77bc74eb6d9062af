/** In which order members change. */
import type { MemberChange } from "./members.ts";

/** A step of a change: the members that are created, replaced or removed at the same time. */
export interface RolloutStep {
  readonly members: readonly MemberChange[];
}

/**
 * The steps in which an `up` changes the members. With a limit, members that are new come first, then those that
 * run are replaced a few at a time: the joiners, the seed, the host's agent. Those that leave come last. Members
 * that turn out to be down when the change is made are replaced first; a preview cannot tell.
 *
 * @param maxUnavailable how many may be down at once; undefined: all change at once.
 */
export function rolloutSteps(
  changes: readonly MemberChange[],
  maxUnavailable: number | undefined,
): RolloutStep[] {
  const of = (fate: MemberChange["fate"]) => changes.filter((change) => change.fate === fate);
  const [joining, leaving, restarting] = [of("joins"), of("leaves"), of("restarts")];
  if (maxUnavailable === undefined) {
    return nonEmpty([[...joining, ...restarting], leaving]);
  }
  const inContainers = ["joiner", "seed"].flatMap((role) =>
    restarting.filter((change) => change.role === role),
  );
  const onHost = restarting.filter(({ role }) => role === "host");
  return nonEmpty([
    joining,
    ...inBatches(inContainers, maxUnavailable),
    ...inBatches(onHost, maxUnavailable),
    leaving,
  ]);
}

function inBatches<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

function nonEmpty(steps: readonly (readonly MemberChange[])[]): RolloutStep[] {
  return steps.filter((members) => members.length > 0).map((members) => ({ members }));
}
