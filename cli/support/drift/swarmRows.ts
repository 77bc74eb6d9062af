/** The rows of `npm run drift` for a stack whose members are services of a Swarm. */
import type { SwarmFormationInput } from "../../../lib/inputs/swarmFormation.ts";
import { unexpectedAmong } from "../../../lib/membership/judge.ts";
import type { Situation } from "../../../lib/swarm/situation.ts";
import type { RecordedResource } from "../stack/stateFiles.ts";
import type { DriftRow } from "./rows.ts";

/** What the last `up` waited for; undefined if the stack's members are not services. */
export function recordedFormation(
  resources: readonly RecordedResource[],
): SwarmFormationInput | undefined {
  const found = resources.find(({ urn }) => urn.endsWith("command:local:Command::formation"));
  const stdin = found?.inputs?.["stdin"];
  return typeof stdin === "string" ? (JSON.parse(stdin) as SwarmFormationInput) : undefined;
}

/** Differences between the services and their tasks, and between the tasks and the members. */
export function swarmRows({ swarm, views, error }: Situation): DriftRow[] {
  if (swarm === undefined) {
    return [{ what: "Swarm", declared: "answering", found: String(error), side: "engine" }];
  }
  const services = [...swarm.refused, ...swarm.pending].map(({ service, fault }): DriftRow => ({
    what: `service ${service}`,
    ...{ declared: "as declared", found: fault, side: "engine" },
  }));
  const row = (what: string, declared: string, found: string): DriftRow => ({
    ...{ what, declared, found },
    side: "membership",
  });
  const silent = views
    .filter(({ error }) => error !== undefined)
    .map(({ view, error }) => row(`agent ${view.name}`, "answering", error!));
  const [seen] = views.filter(({ error }) => error === undefined);
  if (seen === undefined) return [...services, ...silent, row("members", "alive", "not seen")];
  const faults = seen.differences
    .filter(({ fault }) => fault !== "unexpected")
    .map(({ name, fault }) => row(`member ${name}`, "alive", fault));
  const unexpected = unexpectedAmong(seen.members, swarm.expected).map(({ name, status }) =>
    row(`member ${name}`, "not expected", status),
  );
  return [...services, ...silent, ...faults, ...unexpected];
}
