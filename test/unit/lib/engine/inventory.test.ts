import { afterEach, beforeEach, expect, test } from "vitest";
import { listContainers, listNetworks } from "../../../../lib/engine/inventory.ts";
import { FakeEngine } from "../../support/fakeEngine.ts";

let fake: FakeEngine;

beforeEach(async () => {
  fake = await FakeEngine.start();
});

afterEach(() => fake.stop());

test("containers and networks have the time of their creation, by the engine's clock", async () => {
  const container = { Id: "c", Names: ["/one"], State: "running", Labels: {}, Ports: null };
  const network = { Id: "n", Name: "two", Labels: null, IPAM: { Config: null } };
  fake.answers = {
    "GET /v1.41/containers/json?all=1&filters=%7B%22label%22%3A%5B%5D%7D": {
      body: JSON.stringify([
        { ...container, Created: 1_764_331_200, NetworkSettings: { Networks: {} } },
      ]),
    },
    "GET /v1.41/networks": {
      body: JSON.stringify([{ ...network, Created: "2025-11-28T12:00:00.123456789Z" }]),
    },
  };
  expect(await listContainers({})).toMatchObject([{ created: 1_764_331_200_000 }]);
  expect(await listNetworks()).toMatchObject([{ created: 1_764_331_200_123 }]);
});
