/**
 * Starts or stops the host's agent.
 *
 *     node programs/hostAgent.ts start|stop < input.json
 *
 * `start` reloads a running agent if that is enough to apply the change, and otherwise restarts it. It succeeds
 * when the agent sees another live member, or itself if it is the first member, and prints the agent's name and
 * address. `stop` lets the agent leave and removes its files.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, readlink, rename, rm, rmdir, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { differInConductOnly, groupConfig, startArguments } from "../lib/agents/config.ts";
import { keyringFile } from "../lib/agents/keyring.ts";
import {
  type AgentFiles,
  agentFiles,
  binaryName,
  livingAgent,
  logTail,
  reloadAgent,
  runningHostAgent,
  startAgent,
  stopAgent,
} from "../lib/agents/process.ts";
import { roleLabel } from "../lib/cluster/labels.ts";
import type { Member } from "../lib/cluster/members.ts";
import { logsOfEnded } from "../lib/containers/ended.ts";
import { removeHostContainers } from "../lib/containers/lifecycle.ts";
import { listContainers } from "../lib/engine/inventory.ts";
import { docker, pause, printResult } from "../lib/host/run.ts";
import type { HostAgentInput } from "../lib/inputs/hostAgent.ts";
import { ask, membersSeenBy, type View } from "../lib/membership/views.ts";

async function start(input: HostAgentInput): Promise<{ name: string; address: string }> {
  const files = agentFiles(resolve(input.dir));
  const config = groupConfig({ tags: input.tags, join: [input.join] }, input.rpcToken, {
    rpcPort: input.rpcPort,
    keyringPath: basename(files.keyring),
  });
  if (await reloadSuffices(files, config, input)) {
    await reloadAgent(files, config);
  } else {
    await stopAgent(files.dir);
    await removeHostContainers(input.labels);
    await copyBinary(input, files.dir);
    await writeSecrets(files, input);
    const { generation } = input;
    await startAgent(files, config, { args: startArguments(input), generation });
  }
  await awaitJoin(input, files);
  return { name: input.name, address: input.address };
}

/** Whether a reload of the running agent is enough to apply the configuration. */
async function reloadSuffices(
  files: AgentFiles,
  config: string,
  input: HostAgentInput,
): Promise<boolean> {
  const args = startArguments(input);
  if (!runningHostAgent(files.dir)?.isAsStarted({ ...input, args })) return false;
  return differInConductOnly(await readFile(files.config, "utf8").catch(() => "{}"), config);
}

/** Milliseconds for an engine that is creating a hundred containers at the same time. */
const busyTimeout = 120_000;

async function copyBinary(input: HostAgentInput, dir: string): Promise<void> {
  const { binary } = agentFiles(dir);
  const copy = binaryName(input.image);
  const path = resolve(dir, copy);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if (!existsSync(path)) {
    const ownLabels = { ...input.labels, [roleLabel]: "writer" };
    const labels = Object.entries(ownLabels).flatMap(([key, value]) => [
      "--label",
      `${key}=${value}`,
    ]);
    const create = ["create", "--network=none", ...labels, input.image];
    const container = (await docker(create, busyTimeout)).trim();
    try {
      await docker(["cp", `${container}:/usr/local/libexec/serf`, `${path}.new`], busyTimeout);
      await rename(`${path}.new`, path);
    } finally {
      await docker(["rm", container], busyTimeout);
    }
  }
  const old = await readlink(binary).catch(() => undefined);
  if (old === copy) return;
  await rm(binary, { force: true });
  await symlink(copy, binary);
  if (old !== undefined) await rm(resolve(dir, old), { force: true });
}

/** Used before a start only: a running agent updates its keyring itself when the key rotates. */
async function writeSecrets(files: AgentFiles, input: HostAgentInput): Promise<void> {
  const options = { mode: 0o600 };
  await writeFile(files.keyring, keyringFile([input.gossipKey]), options);
  await writeFile(files.token, input.rpcToken, options);
  await writeFile(files.client, client, { mode: 0o700 });
}

/** Serf's command line for users, with the RPC token. */
const client = `#!/bin/sh
dir=$(dirname "$0")
SERF_RPC_AUTH=$(cat "$dir/rpc-token")
export SERF_RPC_AUTH
exec "$dir/serf-binary" "$@"
`;

/** Milliseconds between two attempts to join; the agent itself uses the same interval. */
const joinInterval = 1000;

async function awaitJoin(input: HostAgentInput, { dir }: AgentFiles): Promise<void> {
  const { name, rpcPort } = input;
  const view: View = { kind: "host", name, dir, rpcPort };
  const deadline = Date.now() + input.timeout * 1000;
  let again = Date.now() + joinInterval;
  for (;;) {
    const members = await membersSeenBy(view, 2000).catch(() => []);
    const isIn = ({ name, status }: Member) =>
      status === "alive" && (input.isFirst || name !== input.name);
    if (members.some(isIn)) return;
    if (Date.now() > again) {
      // An agent tries to join at its start only. If all other members have been recreated since then, it has to
      // be told to join again.
      await ask(view, (agent) => agent.join([input.join], 5000)).catch(() => undefined);
      again = Date.now() + joinInterval;
    }
    if (livingAgent(dir) === undefined) {
      throw new Error(`The host's agent has ended. Its log ends:\n${await logTail(dir)}`);
    }
    if (Date.now() > deadline) {
      const log = await logTail(dir);
      await stopAgent(dir);
      throw new Error(
        `The host's agent did not join through ${input.join} within ${input.timeout} s. Its log ends:\n${log}` +
          (await logsOfEnded(await seedsOf(input.labels))),
      );
    }
    await pause(50);
  }
}

async function seedsOf(labels: HostAgentInput["labels"]): Promise<string[]> {
  return (await listContainers({ ...labels, [roleLabel]: "seed" })).map(({ name }) => name);
}

async function stop(input: Pick<HostAgentInput, "dir">): Promise<void> {
  const dir = resolve(input.dir);
  await stopAgent(dir);
  await rm(dir, { recursive: true, force: true });
  // The stacks share this folder; the last one removes it.
  await rmdir(dirname(dir)).catch(() => undefined);
}

await printResult(async () => {
  const input = JSON.parse(await text(process.stdin)) as HostAgentInput;
  const command = process.argv[2];
  if (command === "start") return await start(input);
  if (command === "stop") {
    await stop(input);
    return;
  }
  throw new Error(`The command is ${command ?? "missing"}; allowed are start and stop.`);
});
