import { basename } from "node:path";
import { keyringPath, tokenPath } from "../agents/config.ts";
import { keyringFile } from "../agents/keyring.ts";
import { sealedGeneration } from "../agents/seal.ts";
import { type ExpectedMember, type Member } from "../cluster/members.ts";
import { unexpectedAmong } from "../membership/judge.ts";
import { compareMembers } from "../membership/judge.ts";
import type { Edit } from "../containers/facts.ts";

/** What was found in a running cluster. */
export interface Observation {
  /** The faults of running containers, by name. */
  readonly drifted: ReadonlyMap<string, readonly Edit[]>;
  /** The members as the first agent that answers sees them; undefined if none answers. */
  readonly members: readonly Member[] | undefined;
  /** The keys of this agent, the encrypting one first. */
  readonly keys: readonly string[];
  /** The files in the configuration volume; undefined if no container has the volume. */
  readonly files: ReadonlyMap<string, string> | undefined;
  /** The host's agent, if it is a running process. */
  readonly host: HostObservation | undefined;
  /**
   * The generation of the stack's claim on the kernel's neighbour table. Default: there is no claim, or the table
   * is too small for it.
   */
  readonly table?: string | undefined;
}

export interface HostObservation {
  /** Its member name. */
  readonly name: string;
  /** The generation recorded when the process was started. */
  readonly generation: string;
  /** Its faults. */
  readonly faults: readonly Edit[];
}

/** The observation if nothing was found. */
export const nothingObserved: Observation = {
  drifted: new Map(),
  members: undefined,
  keys: [],
  files: undefined,
  host: undefined,
};

/** The faults of an agent, as opposed to those of its container. */
export const agentFaults = {
  silent: { what: "agent", made: "answering", found: "not answering" },
  otherKey: { what: "gossip key", made: "the cluster's", found: "another" },
  otherFolder: { what: "folder", made: "this clone's", found: "another" },
  invaded: { what: "number of agents", made: "one", found: "more than one" },
} as const satisfies Readonly<Record<string, Edit>>;

/** The differences as the rest of a sentence. */
export function describeEdits(edits: readonly Edit[]): string {
  return edits.map(({ what, made, found }) => `${what} is ${found} instead of ${made}`).join("; ");
}

/**
 * The generation of what the members share: their configurations, keys and membership. Undefined if any of these is
 * not as expected.
 *
 * @param isThere whether an expected member is running and will not be recreated.
 * @param known the members that are not unexpected.
 */
export function intactGeneration(
  { members, files }: Observation,
  expected: readonly ExpectedMember[],
  {
    isThere,
    known,
  }: {
    readonly isThere: (member: ExpectedMember) => boolean;
    readonly known: readonly Pick<ExpectedMember, "name">[];
  },
): string | undefined {
  if (members === undefined || files === undefined) return undefined;
  const faults = [
    ...compareMembers(expected.filter(isThere), members).filter(
      ({ fault }) => fault !== "unexpected",
    ),
    ...unexpectedAmong(members, known),
  ];
  return faults.length === 0 ? sealedGeneration(files) : undefined;
}

/** Whether a cluster has these secrets and no other key, as far as could be read. */
export function hasSecrets(
  { keys, files }: Pick<Observation, "keys" | "files">,
  gossipKey: string,
  rpcToken: string,
): boolean {
  const isKey = keys.length === 0 || (keys.length === 1 && keys[0] === gossipKey);
  return (
    isKey &&
    (files === undefined ||
      (files.get(basename(keyringPath)) === keyringFile([gossipKey]) &&
        files.get(basename(tokenPath)) === rpcToken))
  );
}
