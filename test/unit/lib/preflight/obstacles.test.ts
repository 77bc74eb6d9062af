import { emptyInventory } from "../../support/inventory.ts";
import { expect, test } from "vitest";
import { labelsOf } from "../../../../lib/cluster/labels.ts";
import { namesOf } from "../../../../lib/cluster/names.ts";
import { recordedIn } from "../../../../lib/drift/recorded.ts";
import { parseSettings } from "../../../../lib/settings/settings.ts";
import { unrecordedObstacles } from "../../../../lib/preflight/obstacles.ts";

const settings = parseSettings(
  {},
  { stack: "test", platform: "linux", handlerFiles: [{ name: "load", isExecutable: true }] },
);
const names = namesOf("serf", "test");
const labels = labelsOf("serf", "test");

function obstaclesWith(network: Readonly<Record<string, string>>): string[] {
  const inventory = {
    ...emptyInventory,
    networks: [{ id: "1", name: names.network, labels: network, subnets: [] }],
  };
  return unrecordedObstacles(settings, names, labels, inventory, recordedIn({}));
}

test("a network with the stack's labels that is missing from the state is refused", () => {
  expect(obstaclesWith(labels)).toEqual([
    expect.stringMatching(/^the engine has the network serf-test, which is not in the state/),
  ]);
});

test("a network without the stack's labels is not treated as missing from the state", () => {
  expect(obstaclesWith({})).toEqual([]);
});
