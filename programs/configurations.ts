/**
 * Writes the configurations of the agents in containers into their volume.
 *
 *     node programs/configurations.ts < input.json
 *
 * Files that are there already as they should be are not touched. An agent that runs and whose file has
 * changed is told to read it again. Prints how many files were written. The files of agents that are no
 * longer declared stay until the volume is removed: the engine can write into a volume, but not delete.
 */
import { text } from "node:stream/consumers";
import {
  agentConfig,
  type AgentConduct,
  type AgentIdentity,
  type AgentPlace,
} from "../components/agentConfig.ts";
import type { VolumeNames } from "../components/agentContainer.ts";
import type { Labels } from "../components/labels.ts";
import { readConfigurations, withWriter, writeConfigurations } from "./configVolume.ts";
import { reloadAgent } from "./containers.ts";
import { printResult } from "./run.ts";

/** Agents that differ in their names and addresses alone. */
export interface Fleet extends AgentConduct {
  readonly agents: readonly AgentIdentity[];
  /** Default: as in a container with a network of its own. */
  readonly place?: AgentPlace;
}

/** What the program takes from standard input, as JSON. */
export interface ConfigurationsInput {
  readonly image: string;
  readonly volumes: VolumeNames;
  readonly labels: Labels;
  readonly fleets: readonly Fleet[];
}

async function bringUpToDate(input: ConfigurationsInput): Promise<{ written: number }> {
  const wanted = new Map(
    input.fleets.flatMap(({ agents, place, ...conduct }) =>
      agents.map((agent) => [agent.name, agentConfig(agent, conduct, place)] as const),
    ),
  );
  return await withWriter(input, async (writer) => {
    const found = await readConfigurations(writer);
    const changed = [...wanted].filter(([name, config]) => found.get(name) !== config);
    await writeConfigurations(writer, changed);
    await Promise.all(
      changed.filter(([name]) => found.has(name)).map(([name]) => reloadAgent(name)),
    );
    return { written: changed.length };
  });
}

await printResult(async () => {
  return await bringUpToDate(JSON.parse(await text(process.stdin)) as ConfigurationsInput);
});
