import { ownKeyringPath } from "../agents/config.ts";
import { keysIn } from "../agents/keyring.ts";
import { execute } from "../engine/exec.ts";
import { pause } from "../host/run.ts";
import { type KeyCommand } from "../serf/messages.ts";
import { openInContainer } from "../serf/open.ts";
import { type SerfRpc } from "../serf/rpc.ts";

/** Where the keys of a cluster are, and who can be told of others. */
export interface Keyring {
  /** As the file has them that agents read when they start; none before the first of them. */
  readonly keys: readonly string[];
  /** Replaces them in that file. */
  readonly write: (keys: readonly string[]) => Promise<void>;
  /** The containers with agents that run, in the order in which they are asked. */
  readonly agents: readonly string[];
}

/** Milliseconds for all members' answers; Serf ends a query of a thousand members after 9.6 s. */
const keyTimeout = 30_000;

/** How often members are asked before one that does not answer stops the rotation. */
const attempts = 3;

/**
 * Lets a cluster encrypt with a key, and with it alone. No member leaves meanwhile: all get the new key,
 * then all use it, then all forget the others, and each step is taken only when every member has taken the
 * one before. Whoever starts meanwhile finds in the file the keys that it needs. What was cut short is
 * taken up by the next call.
 *
 * @throws Error when a member does not answer; then every member keeps all keys.
 */
export async function rotateTo(key: string, keyring: Keyring): Promise<void> {
  const { write, agents } = keyring;
  const inUse = await keysInUse(key, agents);
  const keys = [...new Set([...inUse, ...keyring.keys])];
  if (isAlone(key, keys) && isAlone(key, keyring.keys)) return;
  const others = keys.filter((other) => other !== key);
  // Where the agents have the key alone, it is the file that somebody has changed.
  const isFileAlone = isAlone(key, inUse) && !keyring.keys.includes(key);
  if (others.length === 0 || agents.length === 0 || isFileAlone) {
    await write([key]);
    return;
  }
  const rpc = await openFirst(agents);
  try {
    const required = await reachableMembers(rpc, agents);
    const tell = (command: KeyCommand, which: string) => tellAll(rpc, command, which, required);
    const isPrepared =
      keyring.keys[0] === key && others.every((other) => keyring.keys.includes(other));
    if (!isPrepared) await write([...others, key]);
    await tell("install-key", key);
    await write([key, ...others]);
    await tell("use-key", key);
    for (const other of others) await tell("remove-key", other);
    await write([key]);
  } finally {
    await rpc.close();
  }
  console.error("The gossip key has rotated; every member uses the new one.");
}

function isAlone(key: string, keys: readonly string[]): boolean {
  return keys.length === 1 && keys[0] === key;
}

/** The keys of an agent that has the wanted one, or else of the first that answers. */
async function keysInUse(key: string, agents: readonly string[]): Promise<readonly string[]> {
  const read = async (name: string) =>
    keysIn(await execute(name, ["cat", ownKeyringPath], 5000).catch(() => undefined));
  const [first = [], ...more] = await Promise.all(agents.slice(0, 1).map(read));
  if (first.includes(key)) return first;
  more.push(...(await Promise.all(agents.slice(1, 5).map(read))));
  const found = [first, ...more];
  return found.find((keys) => keys.includes(key)) ?? found.find(({ length }) => length > 0) ?? [];
}

async function openFirst(agents: readonly string[]): Promise<SerfRpc> {
  let failure: unknown;
  for (const name of agents.slice(0, 5)) {
    try {
      return await openInContainer(name, { timeout: keyTimeout });
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/**
 * How many members there are to be told. Who does not run takes the key when it starts, but an agent
 * that runs and is cut off would come back with a key that nobody uses any more.
 */
async function reachableMembers(rpc: SerfRpc, agents: readonly string[]): Promise<number> {
  const members = await rpc.members();
  const lost = members
    .filter(({ name, status }) => status === "failed" && agents.includes(name))
    .map(({ name }) => name);
  if (lost.length > 0) {
    throw new Error(
      `The gossip key was not rotated, since ${lost.join(", ")} runs, but the cluster does not reach it. Mend ` +
        `its network, or \`docker restart ${lost.join(" ")}\`, and run \`up\` again.`,
    );
  }
  return members.filter(({ status }) => status === "alive").length;
}

const steps: Readonly<Record<KeyCommand, string>> = {
  "install-key": "taken the new key",
  "use-key": "begun to use the new key",
  "remove-key": "forgotten an old key",
};

/** A message may be lost, so who has not answered is asked again; all steps can be taken twice. */
async function tellAll(
  rpc: SerfRpc,
  command: KeyCommand,
  key: string,
  required: number,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    // Serf counts the members that it believes alive, so one that has failed since is not among them.
    const { members: alive, answered, faults } = await rpc.changeKeys(command, key);
    const members = Math.max(alive, required);
    if (answered >= members && faults.length === 0) return;
    if (attempt === attempts) {
      const said = faults.map(({ member, fault }) => `\n  ${member}: ${fault}`);
      const lost = (await rpc.members())
        .filter(({ status }) => status !== "alive" && status !== "left")
        .map(({ name, status }) => `\n  ${name} is ${status}`);
      throw new Error(
        `The gossip key was not rotated to its end: ${answered - faults.length} of ${members} members have ` +
          `${steps[command]}. All keys stay in use until the next \`up\` goes on.${[...said, ...lost].join("")}`,
      );
    }
    await pause(1000);
  }
}
