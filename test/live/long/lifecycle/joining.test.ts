import { describe, expect, test } from "vitest";
import { configFile, configFolder } from "../../../../lib/agents/config.ts";
import type { Member } from "../../../../lib/cluster/members.ts";
import { docker, pause } from "../../../../lib/host/run.ts";
import { agentCommand } from "../../support/agents.ts";
import { containersOf, membersIn } from "../../support/project.ts";
import { projectWith } from "../../support/stack.ts";

// The tests run in order: each starts with the cluster that the previous one left.

const stack = "e2e-join";
const config = {
  subnet: "172.31.244.0/24",
  gossipPort: 17936,
  rpcPort: 17363,
  joiners: 1,
  groups: { web: { count: 1, tags: { rack: "a7" } } },
};
const named = (part: string) => `serf-${stack}-${part}`;
const [seed, joiner, web, host] = ["seed", "joiner-1", "web-1", "host"].map(named) as [
  string,
  string,
  string,
  string,
];

const project = projectWith({ [stack]: config });

async function startWith(changes: object): Promise<string> {
  project.configure(stack, { ...config, ...changes });
  return await project.succeed("start", "--stack", stack);
}

async function expectNoChange(): Promise<void> {
  await project.succeed("pulumi", "preview", "--expect-no-changes", "--stack", stack);
}

/** Every member's view, as sorted texts. */
async function views(describe: (member: Member) => string): Promise<string[][]> {
  const all = await Promise.all([
    ...[seed, joiner, web].map((name) => membersIn(name).catch(() => [])),
    project.membersOnHost(stack, config.rpcPort).catch(() => []),
  ]);
  return all.map((members) => members.map(describe).sort());
}

/** Waits until all members see all others alive. */
async function expectWhole(members = [host, joiner, seed, web]): Promise<void> {
  const expected = members.map((name) => `${name} alive`).sort();
  const deadline = Date.now() + 60_000;
  const look = () => views(({ name, status }) => `${name} ${status}`);
  const isWhole = (all: string[][]) => all.every((one) => one.join() === expected.join());
  let seen = await look();
  while (!isWhole(seen) && Date.now() < deadline) {
    await pause(200);
    seen = await look();
  }
  for (const one of seen) expect(one).toEqual(expected);
}

async function configOf(group: string): Promise<Record<string, unknown>> {
  const file = `${configFolder}/${configFile(group)}`;
  return JSON.parse(await docker(["exec", seed, "cat", file])) as Record<string, unknown>;
}

describe.each([
  ["dns", seed],
  ["gateway", "172.31.244.1:7946"],
  ["ip", "172.31.244.2"],
])("join %s", (join, address) => {
  test("is applied by one start, and no container is replaced", async () => {
    const before = await containersOf(stack);
    const pid = project.hostAgentPid(stack);
    await startWith({ join });
    await expectWhole();
    expect(await containersOf(stack)).toEqual(before);
    expect(project.hostAgentPid(stack)).toBe(pid);
    for (const group of ["joiner", "web"]) {
      expect((await configOf(group))["retry_join"]).toEqual([address]);
    }
    await expectNoChange();
  });

  test("survives a restart of the seed", async () => {
    await docker(["stop", seed], 20_000);
    await docker(["start", seed]);
    await expectWhole();
    await expectNoChange();
  });

  test("survives the loss of the seed, and gets a new one", async () => {
    const { [seed]: lost, ...others } = await containersOf(stack);
    await docker(["rm", "--force", seed]);
    await project.succeed("start", "--stack", stack);
    await expectWhole();
    const after = await containersOf(stack);
    expect(after).toMatchObject(others);
    expect(after[seed]).not.toBe(lost);
  });

  test("survives a kill and restart of the host's agent", async () => {
    const before = await containersOf(stack);
    process.kill(project.hostAgentPid(stack)!, "SIGKILL");
    await project.succeed("start", "--stack", stack);
    await expectWhole();
    expect(await containersOf(stack)).toEqual(before);
  });

  test("lets members join that have lost their snapshots", async () => {
    await docker(["rm", "--force", joiner, web]);
    await docker(["exec", seed, "sh", "-c", `rm -r /var/lib/serf/${joiner} /var/lib/serf/${web}`]);
    await project.succeed("start", "--stack", stack);
    await expectWhole();
    await expectNoChange();
  });
});

test("with dns a joiner finds the seed at another address", async () => {
  await startWith({ join: "dns" });
  const image = (await docker(["inspect", "--format", "{{.Config.Image}}", seed])).trim();
  const elsewhere = "172.31.244.199";
  await docker(["stop", seed, joiner], 20_000);
  await docker(["rm", seed]);
  const place = [
    `--network=${named("")}`.slice(0, -1),
    `--ip=${elsewhere}`,
    `--volume=${named("config")}:/etc/serf/config:ro`,
    "--label=serf.stack=x",
  ];
  const command = agentCommand({ name: seed, address: elsewhere, group: "seed" });
  await docker(["run", "--detach", "--name", seed, ...place, image, ...command]);
  try {
    // It can only find the seed by name, since its snapshot is gone.
    const mount = `${named("data")}:/var/lib/serf`;
    await docker([
      "run",
      "--rm",
      "--volume",
      mount,
      "--entrypoint=rm",
      image,
      "-r",
      `/var/lib/serf/${joiner}`,
    ]);
    await docker(["start", joiner]);
    const deadline = Date.now() + 30_000;
    const found = async () =>
      (await membersIn(joiner).catch(() => [])).find(({ name }) => name === seed)?.address;
    while ((await found()) !== elsewhere && Date.now() < deadline) await pause(200);
    expect(await found()).toBe(elsewhere);
  } finally {
    // It leaves gracefully, so that the next one can have its name.
    await docker(["stop", seed], 20_000);
    await docker(["rm", "--force", seed]);
  }
  await startWith({});
  await expectWhole();
});

test("an automatic gossip port stays what it was, also when the seed restarts", async () => {
  const published = async () => (await docker(["port", seed, "7946/tcp"])).trim();
  const before = await published();
  await startWith({ gossipPort: "auto" });
  await expectWhole();
  const endpoint = async () => {
    const output = await project.succeed("pulumi", "stack", "output", "seed", "--stack", stack);
    return (JSON.parse(output) as { endpoint: string }).endpoint;
  };
  expect(await endpoint()).toBe(before);
  await docker(["restart", seed], 20_000);
  expect(await published()).toBe(before);
  await expectNoChange();
});

test("changed tags replace no container, and are kept after a restart", async () => {
  const before = await containersOf(stack);
  const pid = project.hostAgentPid(stack);
  const tags = { zone: "north" };
  await startWith({ tags, groups: { web: { count: 1, tags: { rack: "b8" } } } });
  const expected = [
    `${host} role=host,zone=north`,
    `${joiner} role=joiner,zone=north`,
    `${seed} role=seed,zone=north`,
    `${web} rack=b8,role=web,zone=north`,
  ];
  const tagged = ({ name, tags }: Member) =>
    `${name} ${Object.entries(tags)
      .map(([key, value]) => `${key}=${value}`)
      .sort()
      .join(",")}`;
  for (const seen of await views(tagged)) expect(seen).toEqual(expected);
  expect(await containersOf(stack)).toEqual(before);
  expect(project.hostAgentPid(stack)).toBe(pid);
  await docker(["restart", web], 20_000);
  await expectWhole();
  for (const seen of await views(tagged)) expect(seen).toEqual(expected);
  await expectNoChange();
});

test("the host's agent moves into a container and back, and leaves gracefully both times", async () => {
  const others = await containersOf(stack);
  const alive = async () =>
    (await membersIn(seed)).filter(({ status }) => status === "alive").map(({ name }) => name);
  for (const join of ["gateway", "ip"]) {
    await startWith({ join, hostAgentIn: "container" });
    expect(project.hostAgentPid(stack)).toBeUndefined();
    expect(Object.keys(await containersOf(stack))).toContain(host);
    expect(await alive()).toContain(host);
    expect(await membersIn(host)).toHaveLength(4);
    await expectNoChange();
    await startWith({ join });
    await expectWhole();
    expect(await containersOf(stack)).toEqual(others);
  }
  await startWith({ hostAgentIn: "container" });
  await startWith({ hostAgent: false });
  expect(await containersOf(stack)).toEqual(others);
  expect(await alive()).not.toContain(host);
  await startWith({});
  await expectWhole();
});

test("an agent's configuration is readable only by its own user", async () => {
  const list = await docker(["exec", seed, "ls", "-ln", "/etc/serf/config"]);
  const files = list.trim().split("\n").slice(1);
  expect(files.length).toBeGreaterThan(2);
  for (const file of files) expect(file).toMatch(/^-r-------- +1 7946 +7946 /);
});

test("a changed group count affects no other joiner, and freed addresses are used again", async () => {
  const before = await containersOf(stack);
  const output = await startWith({ joiners: 2, groups: { web: 2, db: { count: 1 } } });
  for (const name of ["db-1", "joiner-2", "web-2"]) {
    expect(output).toMatch(new RegExp(`\\+ +docker:index:Container ${name} created`));
  }
  expect(await containersOf(stack)).toMatchObject(before);
  await expectNoChange();
  await startWith({});
  expect(await containersOf(stack)).toEqual(before);
});
