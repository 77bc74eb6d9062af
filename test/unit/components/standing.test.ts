import { expect, test } from "vitest";
import { Standing } from "../../../components/standing.ts";

const labels = { "serf.generation": "old" };
const container = { id: "1", name: "seed", isRunning: true, labels, published: [] };
const network = { id: "2", name: "net", labels, subnets: ["10.9.0.0/24"] };
const volume = { name: "data", labels };
const image = { id: "3", names: ["serf:1"], labels };
const standing = (changes: object = {}) =>
  new Standing(
    {
      containers: [container],
      foreign: { containers: [], volumes: [], images: [] },
      networks: [network],
      images: [image],
      volumes: [volume],
      ...changes,
    },
    "new",
  );

test("what stands keeps its generation", () => {
  expect(standing().ofContainer("seed")).toBe("old");
  expect(standing().ofNetwork("net", "10.9.0.0/24")).toBe("old");
  expect(standing().ofImage("serf:1")).toBe("old");
  expect(standing().ofVolume("data")).toBe("old");
});

test("what is gone gets a new one", () => {
  expect(standing().ofContainer("joiner")).toBe("new");
  expect(standing({ networks: [] }).ofNetwork("net", "10.9.0.0/24")).toBe("new");
  expect(standing().ofImage("serf:2")).toBe("new");
  expect(standing().ofVolume("config")).toBe("new");
});

test("so does a container that does not run, and one that carries no generation", () => {
  const containers = [{ ...container, isRunning: false }];
  expect(standing({ containers }).ofContainer("seed")).toBe("new");
  expect(standing({ containers: [{ ...container, labels: {} }] }).ofContainer("seed")).toBe("new");
});

test("so does a network with another subnet", () => {
  expect(standing().ofNetwork("net", "10.8.0.0/24")).toBe("new");
});

test("a volume that was not made here has none, so that it is never replaced", () => {
  const restored = { name: "data", labels: { "serf.stack": "test" } };
  expect(standing({ volumes: [restored] }).ofVolume("data")).toBeUndefined();
  const foreign = { containers: [], volumes: ["data"], images: [] };
  expect(standing({ volumes: [], foreign }).ofVolume("data")).toBeUndefined();
});

test("only a container that runs is said to run", () => {
  expect(standing().runs("seed")).toBe(true);
  expect(standing().runs("joiner")).toBe(false);
  expect(standing({ containers: [{ ...container, isRunning: false }] }).runs("seed")).toBe(false);
});

test("joiners are told from the seed by their label, also when they do not run", () => {
  const joiner = { ...container, isRunning: false, labels: { "serf.role": "joiner" } };
  expect(standing({ containers: [container, joiner] }).joiners).toEqual([joiner]);
});

test("a joiner's address is read from its label", () => {
  const joiner = (name: string, address: object) => ({
    ...container,
    name,
    labels: { "serf.role": "joiner", ...address },
  });
  const containers = [joiner("a", { "serf.address": "10.9.0.3" }), joiner("b", {}), container];
  expect([...standing({ containers }).joinerAddresses]).toEqual([
    ["a", "10.9.0.3"],
    ["b", ""],
  ]);
});
