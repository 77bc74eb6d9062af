/**
 * Writes the configuration files of groups of agents in containers into their volume. The part with the seed's
 * file also has the RPC token and the gossip keys; if the gossip key differs, it is rotated.
 *
 *     SERF_CONFIGURATIONS='{…}' node programs/configurations.ts < secrets.json
 *
 * Files that are up to date are not written. Running agents whose file has changed are told to reload it. Prints
 * the number of files written. Files of removed groups stay until the volume is removed: through the engine's API,
 * files can be written into a volume but not deleted.
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
