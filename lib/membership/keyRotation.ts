import { ownKeyringPath } from "../agents/config.ts";
import { keysIn } from "../agents/keyring.ts";
import { execute } from "../engine/exec.ts";
import { pause } from "../host/run.ts";
import { type KeyCommand } from "../serf/messages.ts";
import { openInContainer } from "../serf/open.ts";
import { type SerfRpc } from "../serf/rpc.ts";

/** A cluster's keys, and the agents that can change them. */
export interface Keyring {
  /** The keys in the file that agents read when they start; empty before the first deployment. */
  readonly keys: readonly string[];
  /** Replaces the keys in that file. */
  readonly write: (keys: readonly string[]) => Promise<void>;
  /** The containers with running agents, in the order in which they are asked. */
  readonly agents: readonly string[];
  /** An agent's own file with its keys, in its container. Default: {@link ownKeyringPath}. */
  readonly path?: string;
}

/** Milliseconds until all members must have answered. Serf ends a query of a thousand members after 9.6 s. */
const keyTimeout = 30_000;

/** How often members are asked before a member that does not answer stops the rotation. */
const attempts = 3;

/**
 * Makes a key the only gossip key of a cluster, without any member leaving: all members install the new key, then
 * use it, then remove the others. Each step begins when every member has completed the previous one. An agent that
 * starts in the meantime finds all the keys it needs in the file. The next call continues an interrupted rotation.
 *
 * @throws Error when a member does not answer; then every member keeps all keys.
 */
export async function rotateTo(key: string, keyring: Keyring): Promise<void> {
  const { write, agents } = keyring;
  const inUse = await keysInUse(key, keyring);
  const keys = [...new Set([...inUse, ...keyring.keys])];
  if (isAlone(key, keys) && isAlone(key, keyring.keys)) return;
  const others = keys.filter((other) => other !== key);
  // If the agents have only this key, it is the file that was changed.
  const isFileAlone = isAlone(key, inUse) && !keyring.keys.includes(key);
  if (others.length === 0 || agents.length === 0 || isFileAlone) {
    await write([key]);
    return;
  }
  const rpc = await openFirst(agents);
  try {
    const required = await reachableMembers(rpc, agents);
    const send = (command: KeyCommand, which: string) => sendToAll(rpc, command, which, required);
    const isPrepared =
      keyring.keys[0] === key && others.every((other) => keyring.keys.includes(other));
    if (!isPrepared) await write([...others, key]);
    await send("install-key", key);
    await write([key, ...others]);
    await send("use-key", key);
    for (const other of others) await send("remove-key", other);
    await write([key]);
  } finally {
    await rpc.close();
  }
  console.error("The gossip key has rotated; every member uses the new one.");
}

function isAlone(key: string, keys: readonly string[]): boolean {
  return keys.length === 1 && keys[0] === key;
}

/** The keys of an agent that has the wanted key, else those of the first agent that answers. */
async function keysInUse(
  key: string,
  { agents, path = ownKeyringPath }: Keyring,
): Promise<readonly string[]> {
  const read = async (name: string) =>
    keysIn(await execute(name, ["cat", path], 5000).catch(() => undefined));
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
 * How many members must take part. A stopped member gets the key when it starts, but an agent that is running and
 * cut off would come back with a key that nobody uses any more.
 */
async function reachableMembers(rpc: SerfRpc, agents: readonly string[]): Promise<number> {
  const members = await rpc.members();
  const lost = members
    .filter(({ name, status }) => status === "failed" && agents.includes(name))
    .map(({ name }) => name);
  if (lost.length > 0) {
    throw new Error(
      `The gossip key was not rotated, because ${lost.join(", ")} is running but the cluster cannot reach it. ` +
        `Repair its network, or run \`docker restart ${lost.join(" ")}\`, and then run \`up\` again.`,
    );
  }
  return members.filter(({ status }) => status === "alive").length;
}

const steps: Readonly<Record<KeyCommand, string>> = {
  "install-key": "installed the new key",
  "use-key": "switched to the new key",
  "remove-key": "removed an old key",
};

/** Messages can be lost, so members that have not answered are asked again; every step can be repeated safely. */
async function sendToAll(
  rpc: SerfRpc,
  command: KeyCommand,
  key: string,
  required: number,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    // Serf counts the members that it considers alive, so a member that has failed since then would not be counted.
    const { members: alive, answered, faults } = await rpc.changeKeys(command, key);
    const members = Math.max(alive, required);
    if (answered >= members && faults.length === 0) return;
    if (attempt === attempts) {
      const errors = faults.map(({ member, fault }) => `\n  ${member}: ${fault}`);
      const lost = (await rpc.members())
        .filter(({ status }) => status !== "alive" && status !== "left")
        .map(({ name, status }) => `\n  ${name} is ${status}`);
      throw new Error(
        `The gossip key was not rotated completely: ${answered - faults.length} of ${members} members have ` +
          `${steps[command]}. All keys stay valid until the next \`up\`, which continues the rotation.` +
          [...errors, ...lost].join(""),
      );
    }
    await pause(1000);
  }
}
