/**
 * Writes the configurations of the groups of agents in containers into their volume, with the token of
 * their RPC and the keys of their gossip, and rotates the key when it is another one.
 *
 *     node programs/configurations.ts < input.json
 *
 * Files that are there already as they should be are not touched. Agents that run and whose file has
 * changed are told to read it again. Prints how many files were written. The files of groups that are no
 * longer declared stay until the volume is removed: the engine can write into a volume, but not delete.
 */
import { basename } from "node:path";
import { text } from "node:stream/consumers";
import {
  type AgentConduct,
  type AgentPlace,
  configFile,
  groupConfig,
  keyringPath,
  tokenPath,
} from "../components/agentConfig.ts";
import type { VolumeNames } from "../components/agentContainer.ts";
import { keyringFile, keysIn } from "../components/gossipKey.ts";
import { groupLabel, type Labels } from "../components/labels.ts";
import { sealFile, sealOf } from "../components/seal.ts";
import { agentsThatRun } from "../components/standing.ts";
import { readFiles, withWriter, writeFiles } from "./configVolume.ts";
import { reloadAgent } from "./containers.ts";
import { listContainers } from "./inventory.ts";
import { rotateTo } from "./keyRotation.ts";
import { printResult } from "./run.ts";

/** How agents are to behave that differ in their names and addresses alone. */
export interface Fleet extends AgentConduct {
  /** A group of joiners, `seed` or `host`. */
  readonly group: string;
  /** Default: as in a container with a network of its own. */
  readonly place?: AgentPlace;
}

/** What the program takes from standard input, as JSON. */
export interface ConfigurationsInput {
  readonly image: string;
  readonly volumes: VolumeNames;
  readonly labels: Labels;
  readonly fleets: readonly Fleet[];
  readonly gossipKey: string;
  readonly rpcToken: string;
  /** A new one asks for a look at all files and keys; see `standing.ts`. */
  readonly generation: string;
}

async function bringUpToDate(input: ConfigurationsInput): Promise<{ written: number }> {
  const { fleets, gossipKey, rpcToken, labels } = input;
  const configs = fleets.map(({ group, place, ...conduct }) => ({
    group,
    file: configFile(group),
    content: groupConfig(conduct, rpcToken, place),
  }));
  return await withWriter(input, async (writer) => {
    const found = await readFiles(writer);
    const changed = configs.filter(({ file, content }) => found.get(file) !== content);
    await writeFiles(writer, [
      ...changed.map(({ file, content }) => [file, content] as const),
      [basename(tokenPath), rpcToken],
    ]);
    const running = agentsThatRun(await listContainers({ ...labels }));
    const groups = new Set(changed.map(({ group }) => group));
    const affected = running.filter((agent) => groups.has(agent.labels[groupLabel] ?? ""));
    await Promise.all(affected.map(({ name }) => reloadAgent(name)));
    await rotateTo(gossipKey, {
      keys: keysIn(found.get(basename(keyringPath))),
      write: (keys) => writeFiles(writer, [[basename(keyringPath), keyringFile(keys)]]),
      agents: running.map(({ name }) => name),
    });
    const seal = sealOf(await readFiles(writer), input.generation);
    await writeFiles(writer, [[sealFile, seal]]);
    return { written: changed.length };
  });
}

await printResult(async () => {
  return await bringUpToDate(JSON.parse(await text(process.stdin)) as ConfigurationsInput);
});
