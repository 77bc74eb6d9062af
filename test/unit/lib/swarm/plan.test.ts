import { expect, test } from "vitest";
import { parseSettings } from "../../../../lib/settings/settings.ts";
import { describeTask } from "../../../../lib/swarm/description.ts";
import { constraintsOf, placementObstacles } from "../../../../lib/swarm/placement.ts";
import { planServices } from "../../../../lib/swarm/plan.ts";
import { place } from "../../support/settings.ts";

const values = {
  swarm: "services",
  registry: "registry.example:5000/serf",
  joiners: "4",
  groups: '{"web": {"count": 2, "tags": {"rack": "a7"}, "on": {"disk": "ssd"}}, "off": 0}',
  tags: '{"site": "x"}',
};
const settings = parseSettings(values, place);
const planned = planServices(settings, "serf-demo", {});

test("the seed, the hosts' agents and each group with members are services", () => {
  expect(planned.map(({ name, replicas, role }) => [name, replicas, role])).toEqual([
    ["serf-demo-seed", 1, "seed"],
    ["serf-demo-host", undefined, "host"],
    ["serf-demo-joiner", 4, "joiner"],
    ["serf-demo-web", 2, "joiner"],
  ]);
  expect(planned.map(({ conduct }) => conduct.tags)).toEqual([
    { site: "x", role: "seed" },
    { site: "x", role: "host" },
    { site: "x", role: "joiner" },
    { site: "x", rack: "a7", role: "web" },
  ]);
});

test("all join the tasks of more than one service, so that the loss of one node never makes two clusters", () => {
  for (const { conduct } of planned) {
    expect(conduct.join).toEqual(["tasks.serf-demo-seed", "tasks.serf-demo-host"]);
  }
});

test("a group runs on the nodes with its labels, all others run anywhere", () => {
  expect(planned.map(constraintsOf)).toEqual([[], [], [], ["node.labels.disk==ssd"]]);
});

test("a group that no node may run is refused: Swarm would wait for one without a word", () => {
  const nodes = [
    { name: "a", labels: { rack: "7" } },
    { name: "b", labels: { disk: "SSD" } },
  ];
  expect(placementObstacles(planned, nodes)).toEqual([]);
  expect(placementObstacles(planned, nodes.slice(0, 1))).toEqual([
    'groups.web.on is {"disk":"ssd"}, but no node of the Swarm has these labels; run `docker node update ' +
      "--label-add disk=ssd NODE` for the nodes that are meant, of a",
  ]);
});

const tasks = {
  labels: { "serf.project": "serf", "serf.stack": "demo" },
  subnet: "10.5.0.0/24",
  limits: { memory: 64, cpus: 1.5 },
  profile: "wan",
  maxUnavailable: undefined,
} as const;
const [seed, , joiner] = planned;

test("a task has one variable: Swarm sends several in random order, which restarts all tasks", () => {
  const { environment, arguments: args } = describeTask(joiner!, tasks);
  expect(Object.keys(environment)).toHaveLength(1);
  expect(args).toEqual(["joiner", "10.5.0.0/24", "2", "-profile=wan"]);
});

test("with a rolling update a task must see another member before the next one is replaced", () => {
  expect(describeTask(joiner!, tasks).healthcheck.tests).toEqual(["NONE"]);
  const rolling = { ...tasks, maxUnavailable: 2 };
  const { healthcheck, update } = describeTask(joiner!, rolling);
  expect(healthcheck.tests[1]).toContain("members = ");
  expect(update).toMatchObject({ parallelism: 2, failureAction: "rollback" });
  // While it is unhealthy nobody can resolve its name, so the seed must not wait for others.
  expect(describeTask(seed!, rolling).healthcheck.tests[1]).toBe("serf info");
});

test("all tasks at once is Swarm's parallelism 0", () => {
  expect(describeTask(joiner!, tasks).update.parallelism).toBe(0);
});
