import { basename } from "node:path";
import { keyringPath, tokenPath } from "../agents/config.ts";
import { keyringFile } from "../agents/keyring.ts";
import { sealedGeneration } from "../agents/seal.ts";
import { type ExpectedMember, type Member } from "../cluster/members.ts";
import { unexpectedAmong } from "../membership/judge.ts";
import { compareMembers } from "../membership/judge.ts";
import type { Edit } from "../containers/facts.ts";

/** What was seen of a cluster while it runs. */
export interface Observation {
  /** What is wrong with containers that run, by their names. */
  readonly drifted: ReadonlyMap<string, readonly Edit[]>;
  /** As the first agent sees them that answers; undefined where none does. */
  readonly members: readonly Member[] | undefined;
  /** The keys that this agent has, the first of which encrypts. */
  readonly keys: readonly string[];
  /** The files in the volume with configurations; undefined where no container has the volume. */
  readonly files: ReadonlyMap<string, string> | undefined;
  /** The agent of the host that is a process and that lives. */
  readonly host: HostObservation | undefined;
  /**
   * The generation of the stack's claim on the kernel's neighbour table. Default: there is none, or what it
   * got does not suffice any more.
   */
  readonly table?: string | undefined;
}

export interface HostObservation {
  /** As a member. */
  readonly name: string;
  /** The recorded start of the process. */
  readonly generation: string;
  /** What is wrong with it. */
  readonly faults: readonly Edit[];
}

/** Nothing was seen. */
export const nothingObserved: Observation = {
  drifted: new Map(),
  members: undefined,
  keys: [],
  files: undefined,
  host: undefined,
};

/** What can be wrong with an agent, beside what can be of its container. */
export const agentFaults = {
  silent: { what: "agent", made: "answering", found: "not answering" },
  otherKey: { what: "gossip key", made: "the cluster's", found: "another" },
  otherFolder: { what: "folder", made: "this clone's", found: "another" },
  invaded: { what: "agents", made: "one", found: "another one beside it" },
} as const satisfies Readonly<Record<string, Edit>>;

/** Edits as a clause. */
export function describeEdits(edits: readonly Edit[]): string {
  return edits.map(({ what, made, found }) => `${what} is ${found} instead of ${made}`).join("; ");
}

/**
 * The generation of what a cluster's members share: their configurations, keys and view of each other.
 * Undefined when something of that is not as it should be.
 *
 * @param isThere whether a member that is expected runs already, and stays.
 * @param known who is no stranger.
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

/** Whether a cluster has these secrets, and no other key, as far as that could be seen. */
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
