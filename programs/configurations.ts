/**
 * Writes configurations of groups of agents in containers into their volume. That of the seed comes with the
 * token of the agents' RPC and the keys of their gossip, and the key is rotated when it is another one.
 *
 *     SERF_CONFIGURATIONS='{…}' node programs/configurations.ts < secrets.json
 *
 * Files that are there already as they should be are not touched. Agents that run and whose file has
 * changed are told to read it again. Prints how many files were written. The files of groups that are no
 * longer declared stay until the volume is removed: the engine can write into a volume, but not delete.
 */
import { basename } from "node:path";
import { text } from "node:stream/consumers";
import { configFile, groupConfig, keyringPath, tokenPath } from "../lib/agents/config.ts";
import { keyringFile, keysIn } from "../lib/agents/keyring.ts";
import { sealFile, sealOf } from "../lib/agents/seal.ts";
import { groupLabel } from "../lib/cluster/labels.ts";
import { readFiles, withWriter, writeFiles } from "../lib/containers/configVolume.ts";
import { reloadAgent } from "../lib/containers/lifecycle.ts";
import { agentsThatRun } from "../lib/engine/found.ts";
import { listContainers } from "../lib/engine/inventory.ts";
import { inputFrom, printResult } from "../lib/host/run.ts";
import type { ConfigurationsInput, Secrets } from "../lib/inputs/configurations.ts";
import { rotateTo } from "../lib/membership/keyRotation.ts";

async function bringUpToDate(
  input: ConfigurationsInput,
  { gossipKey, rpcToken }: Secrets,
): Promise<{ written: number }> {
  const { part, fleets, labels, generation } = input;
  const configs = fleets.map(({ group, place, ...conduct }) => ({
    group,
    file: configFile(group),
    content: groupConfig(conduct, rpcToken, place),
  }));
  const [token, keyring] = [basename(tokenPath), basename(keyringPath)];
  return await withWriter(input, async (writer) => {
    const found = await readFiles(writer);
    const changed = configs.filter(({ file, content }) => found.get(file) !== content);
    const hasKeys = part === "members";
    await writeFiles(writer, [
      ...changed.map(({ file, content }) => [file, content] as const),
      ...(hasKeys ? [[token, rpcToken] as const] : []),
    ]);
    const running = agentsThatRun(await listContainers({ ...labels }));
    const groups = new Set(changed.map(({ group }) => group));
    const affected = running.filter((agent) => groups.has(agent.labels[groupLabel] ?? ""));
    await Promise.all(affected.map(({ name }) => reloadAgent(name)));
    if (hasKeys) {
      await rotateTo(gossipKey, {
        keys: keysIn(found.get(keyring)),
        write: (keys) => writeFiles(writer, [[keyring, keyringFile(keys)]]),
        agents: running.map(({ name }) => name),
      });
    }
    const sealed = [...configs.map(({ file }) => file), ...(hasKeys ? [token, keyring] : [])];
    const seal = sealOf(await readFiles(writer), sealed, generation);
    await writeFiles(writer, [[sealFile(part), seal]]);
    return { written: changed.length };
  });
}

await printResult(async () => {
  const secrets = JSON.parse(await text(process.stdin)) as Secrets;
  return await bringUpToDate(inputFrom("SERF_CONFIGURATIONS") as ConfigurationsInput, secrets);
});
