/** `npm run drift`: lists differences between the configuration, the state, the engine and the members. */
import { labelsOf } from "../lib/cluster/labels.ts";
import { namesOf, project } from "../lib/cluster/names.ts";
import { observeCluster } from "../lib/drift/observe.ts";
import { readInventories } from "../lib/engine/inventories.ts";
import { UserError } from "../lib/host/errors.ts";
import { formatTable } from "../lib/host/table.ts";
import type { KeyList } from "../lib/serf/messages.ts";
import type { SerfRpc } from "../lib/serf/rpc.ts";
import { lookAtSwarm } from "../lib/swarm/situation.ts";
import { toolchain } from "../setup/toolchain.ts";
import { throughAgent } from "./support/agents/agents.ts";
import { changesAfterRefresh, plannedChanges } from "./support/drift/plannedChanges.ts";
import { readRecord } from "./support/drift/record.ts";
import { type DriftRow, engineRows, membershipRows } from "./support/drift/rows.ts";
import { recordedFormation, swarmRows } from "./support/drift/swarmRows.ts";
import { command, type StackPlace } from "./support/stack/arguments.ts";
import { requireEngine } from "./support/stack/engineOfStack.ts";
import { describeLeftovers, findLeftovers, keepsData } from "./support/stack/leftovers.ts";
import { recordedThings } from "./support/stack/recorded.ts";
import { refuseRenamed } from "./support/stack/renamed.ts";
import { resourcesIn } from "./support/stack/state.ts";

const line = {
  command: "npm run drift",
  purpose:
    "Lists the differences between the configuration, the state, the engine and the members. Changes nothing.\n" +
    "Exit codes: 0 when nothing differs, 1 when something differs, 2 when the comparison was not possible.",
  options: { json: { help: "prints the differences as JSON" } },
  failure: 2,
  readsState: true,
} as const;

/** How often the members are asked for their keys: Serf sometimes loses an answer when the host is busy. */
const keyAttempts = 3;

await command(line, async ({ stack, options: { json = false } }, place) => {
  const rows = await findDrift(stack, place);
  if (json) console.log(JSON.stringify(rows, null, 2));
  else if (rows.length === 0) console.log(`Stack ${stack} is as declared, nothing differs.`);
  else console.log(tableOf(rows));
  return rows.length === 0 ? 0 : 1;
});

async function findDrift(stack: string, { settings, state }: StackPlace): Promise<DriftRow[]> {
  // Checked before the toolchain, which would start an engine: this command must not.
  await requireEngine();
  const { env } = await toolchain();
  const resources = resourcesIn(state) ?? [];
  refuseRenamed(stack, resources);
  const things = recordedThings(resources);
  const unknown = describeLeftovers(
    await findLeftovers(stack, keepsData(settings, resources), things, settings.engines),
  ).map((what): DriftRow => ({
    what,
    declared: "not in the state",
    found: "present",
    side: "state",
  }));
  if (things.size === 0) {
    if (unknown.length > 0) return unknown;
    throw new UserError(
      `Stack ${stack} is not up; \`npm start -- --stack ${stack}\` brings it up.`,
    );
  }
  const formation = recordedFormation(resources);
  if (formation !== undefined) {
    const planned = await changesAfterRefresh(stack, env, settings.deployment(resources));
    return [...planned, ...unknown, ...swarmRows(await lookAtSwarm(formation))];
  }
  const record = readRecord(resources);
  // First, since Pulumi keeps the processors busy and agents might not answer in time while it runs.
  const planned = await plannedChanges(stack, env);
  const inventory = await readInventories(settings.engines, labelsOf(project, stack));
  const names = namesOf(project, stack);
  const observation = await observeCluster({
    containers: inventory.containers,
    expectedFor: ({ name }) => record.made.get(name),
    host: { name: names.host, dir: names.hostAgentDir, rpcPort: record.rpcPort },
  });
  const isSeen = observation.members !== undefined;
  const keys = isSeen
    ? await throughAgent(stack, ({ rpc }) => keysOfMembers(rpc)).catch(unlessRefused)
    : undefined;
  return [
    ...planned,
    ...unknown,
    ...engineRows(record, inventory, observation),
    ...membershipRows(record, observation, keys),
  ];
}

/** When no agent returns the keys, that is reported as a difference, not as an error. */
function unlessRefused(error: unknown): undefined {
  if (!(error instanceof UserError)) throw error;
}

async function keysOfMembers(rpc: SerfRpc): Promise<KeyList> {
  let keys = await rpc.listKeys();
  for (let asked = 1; asked < keyAttempts && keys.answered < keys.members; asked++) {
    keys = await rpc.listKeys();
  }
  return keys;
}

function tableOf(rows: readonly DriftRow[]): string {
  return formatTable([
    ["WHAT", "DECLARED", "FOUND", "SIDE"],
    ...rows.map(({ what, declared, found, side }) => [what, declared, found, side]),
  ]);
}
