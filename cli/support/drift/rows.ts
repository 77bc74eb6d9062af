/** The rows of `npm run drift`: compares a stack's state with what is found. */
import { basename } from "node:path";
import { configFile, groupConfig, keyringPath, tokenPath } from "../../../lib/agents/config.ts";
import { keyringFile } from "../../../lib/agents/keyring.ts";
import { sealedGeneration } from "../../../lib/agents/seal.ts";
import { type Observation } from "../../../lib/drift/observation.ts";
import type { FoundContainer, Inventory } from "../../../lib/engine/found.ts";
import { compareMembers, unexpectedAmong } from "../../../lib/membership/judge.ts";
import type { KeyList } from "../../../lib/serf/messages.ts";
import type { StackRecord } from "./record.ts";

/** One difference. */
export interface DriftRow {
  readonly what: string;
  /** What the configuration or the state says. */
  readonly declared: string;
  readonly found: string;
  /** Where the difference was found. */
  readonly side: "configuration" | "state" | "engine" | "membership";
}

/** Differences between the recorded resources and what the engine and the host have. */
export function engineRows(
  record: StackRecord,
  found: Inventory,
  observation: Observation,
): DriftRow[] {
  const { containers, networks, volumes, images } = record.inventory;
  const row = (what: string, declared: string, now: string): DriftRow[] => [
    { what, declared, found: now, side: "engine" },
  ];
  return [
    ...containers.flatMap((declared) => {
      const what = `container ${declared.name}`;
      const now = found.containers.find(({ name }) => name === declared.name);
      const fault = containerFault(declared, now);
      if (fault !== undefined) return row(what, "running", fault);
      return (observation.drifted.get(declared.name) ?? []).flatMap((edit) =>
        row(`${what}: ${edit.what}`, edit.made, edit.found),
      );
    }),
    ...networks.flatMap(({ id, name, subnets }) => {
      const now = found.networks.find((one) => one.id === id);
      if (now?.subnets.join() === subnets.join()) return [];
      return row(`network ${name}`, subnets.join(), now ? now.subnets.join() : "removed");
    }),
    ...volumes.flatMap(({ name }) =>
      found.volumes.some((one) => one.name === name) || found.foreign.volumes.includes(name)
        ? []
        : row(`volume ${name}`, "present", "removed"),
    ),
    ...images.flatMap(({ names: [name = ""] }) =>
      found.images.some(({ names }) => names.includes(name))
        ? []
        : row(`image ${name}`, "present", "removed"),
    ),
    ...hostFaults(record, observation).flatMap(({ what, made, now }) =>
      row(`host's agent ${record.host!.name}${what}`, made, now),
    ),
    ...fileFaults(record, observation).flatMap((file) =>
      row(`file ${file} in ${record.storage!.volumes.config}`, "as written", "changed"),
    ),
  ];
}

function containerFault(
  declared: FoundContainer,
  now: FoundContainer | undefined,
): string | undefined {
  if (now === undefined) return "removed";
  if (!now.isRunning) return now.state ?? "stopped";
  return declared.id === now.id ? undefined : "another container with that name";
}

function hostFaults({ host }: StackRecord, { host: now }: Observation) {
  if (host === undefined) return [];
  if (now === undefined) return [{ what: "", made: "running", now: "dead" }];
  if (now.generation !== host.generation) {
    return [{ what: "", made: "running", now: "another process" }];
  }
  return now.faults.map(({ what, made, found }) => ({ what: `: ${what}`, made, now: found }));
}

/** The agents' files that were changed since they were written. */
function fileFaults({ storage, generation }: StackRecord, { files }: Observation): string[] {
  if (storage === undefined || files === undefined) return [];
  if (sealedGeneration(files) === generation) return [];
  const { fleets, rpcToken, gossipKey } = storage;
  const wanted = fleets.map(({ group, place, ...conduct }) => [
    configFile(group),
    groupConfig(conduct, rpcToken, place),
  ]);
  wanted.push([basename(tokenPath), rpcToken], [basename(keyringPath), keyringFile([gossipKey])]);
  const changed = wanted.flatMap(([name = "", content]) =>
    files.get(name) === content ? [] : [name],
  );
  // With no changed file, the seal is of another generation or covers a file that is not known here.
  return changed.length > 0 ? changed : ["seal"];
}

/** Differences between the members now and those after the last `up`. */
export function membershipRows(
  { expected, storage }: StackRecord,
  { members }: Observation,
  keys: KeyList | undefined,
): DriftRow[] {
  if (expected === undefined) return [];
  const row = (what: string, declared: string, found: string): DriftRow => ({
    what,
    declared,
    found,
    side: "membership",
  });
  if (members === undefined) {
    return [row("the cluster", `${expected.length} members`, "no agent answers")];
  }
  const faults = compareMembers(expected, members).filter(({ fault }) => fault !== "unexpected");
  const others = [...(keys?.keys ?? [])].filter(([key]) => key !== storage?.gossipKey);
  const count = keys?.keys.get(storage?.gossipKey ?? "") ?? 0;
  const alive = members.filter(({ status }) => status === "alive").length;
  return [
    ...faults.map(({ name, address, fault }) =>
      row(`member ${name}`, `alive at ${address}`, fault),
    ),
    ...unexpectedAmong(members, expected).map(({ name, address, status }) =>
      row(`member ${name}`, "not of this stack", `${status} at ${address}`),
    ),
    ...(count < alive
      ? [row("gossip key", `on all ${alive} members`, keys ? `on ${count}` : "unknown")]
      : []),
    ...others.map(([, members]) =>
      row("another gossip key", "on no member", `on ${members} of ${alive}`),
    ),
  ];
}
