import { readFileSync } from "node:fs";
import { beforeEach, expect, test, vi } from "vitest";
import type { ReadablePayload } from "../../../cli/support/agents/payload.ts";
import type { Member } from "../../../lib/cluster/members.ts";
import { docker } from "../../../lib/host/run.ts";
import type { QueryRecord } from "../../../lib/serf/messages.ts";
import { toHostAgent } from "../../../lib/serf/open.ts";
import { SerfRpc } from "../../../lib/serf/rpc.ts";
import { Project, type Result } from "../support/project.ts";
import { projectWith } from "../support/stack.ts";

const stack = "e2e-events";
const config = { subnet: "172.31.246.0/24", gossipPort: 17976, rpcPort: 17403, joiners: 2 };
const seed = "serf-e2e-events-seed";
const host = "serf-e2e-events-host";
const joiner = (index: number) => `serf-e2e-events-joiner-${index}`;
const containers = [seed, joiner(1), joiner(2)];

const project = projectWith({ [stack]: config });

/** Every test starts when the seed sees all members alive. */
beforeEach(async () => {
  const args = ["--stack", stack, "--status", "alive", "--json"];
  await vi.waitFor(
    async () => {
      const members = JSON.parse(await project.succeed("members", ...args)) as Member[];
      expect(members.map(({ name }) => name).sort()).toEqual([host, ...containers].sort());
    },
    { timeout: 60_000, interval: 500 },
  );
});

interface Line extends Partial<ReadablePayload> {
  readonly time: string;
  readonly type: string;
  readonly name?: string;
  readonly members?: Pick<Member, "name" | "address" | "tags">[];
}

/** A running `npm run monitor -- --json`. */
class Monitor {
  readonly #child: ReturnType<Project["start"]>["child"];
  readonly #ended: Promise<Result>;
  #output = "";
  #errors = "";

  private constructor() {
    const { child, ended } = project.start("monitor", "--stack", stack, "--json");
    this.#child = child;
    this.#ended = ended;
    child.stdout!.on("data", (text: string) => (this.#output += text));
    child.stderr!.on("data", (text: string) => (this.#errors += text));
  }

  /** Returns when it receives events from the seed. */
  static async start(): Promise<Monitor> {
    const monitor = new Monitor();
    await monitor.says(`Events as ${seed} sees them:`);
    return monitor;
  }

  get lines(): Line[] {
    // The last part is empty, or an incomplete line.
    const lines = this.#output.split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Line);
  }

  /** Waits for an event of the type, from a member or a user event with that name. */
  async sees(type: string, name: string): Promise<Line> {
    return await vi.waitFor(
      () => {
        const line = this.lines.find(
          (seen) =>
            seen.type === type &&
            (seen.name === name || seen.members?.some((member) => member.name === name)),
        );
        expect(line, `${type} ${name} among:\n${this.#output}${this.#errors}`).toBeDefined();
        return line!;
      },
      { timeout: 60_000, interval: 100 },
    );
  }

  async says(text: string): Promise<void> {
    const options = { timeout: 30_000, interval: 100 };
    await vi.waitFor(() => expect(this.#errors).toContain(text), options);
  }

  async stop(signal: NodeJS.Signals): Promise<number> {
    this.#child.kill(signal);
    return (await this.#ended).code;
  }
}

/** The processes that forward RPC in a container. */
async function tunnelsIn(container: string): Promise<string[]> {
  const list = await docker(["exec", container, "ps", "-o", "args"]);
  return list.split("\n").filter((line) => line.startsWith("nc "));
}

async function expectNoTunnels(): Promise<void> {
  for (const container of containers) {
    const options = { timeout: 5000, interval: 100 };
    await vi.waitFor(async () => expect(await tunnelsIn(container)).toEqual([]), options);
  }
}

/** Runs a command with this standard input. */
function runWith(input: Buffer, name: string, ...args: string[]): Promise<Result> {
  const { child, ended } = project.start(name, ...args);
  child.stdin!.end(input);
  return ended;
}

test("an event reaches all members; monitor shows it, and on SIGINT ends without leftovers", async () => {
  const monitor = await Monitor.start();
  const token = readFileSync(project.path(".serf", "host", stack, "rpc-token"), "utf8");
  const rpc = await SerfRpc.open(toHostAgent(config.rpcPort), { name: host, token });
  const onHost = (async () => {
    for await (const event of rpc.stream()) if (event.type === "user") return event;
    return undefined;
  })();

  const output = await project.succeed("event", "--stack", stack, "deploy", "1.2.3");
  expect(output).toBe(`Event deploy (5 bytes) was sent through ${seed}.\n`);

  expect(await monitor.sees("user", "deploy")).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
    type: "user",
    name: "deploy",
    payload: "1.2.3",
    encoding: "utf-8",
    lamport: expect.any(Number) as number,
  });
  expect(await onHost).toMatchObject({
    name: "deploy",
    payload: new Uint8Array(Buffer.from("1.2.3")),
  });
  await rpc.close();

  expect(await tunnelsIn(seed)).toHaveLength(1);
  expect(await monitor.stop("SIGINT")).toBe(0);
  await expectNoTunnels();
});

test("a payload of any bytes survives", async () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => 255 - index));
  const monitor = await Monitor.start();
  const args = ["--stack", stack, "--no-coalesce", "binary", "-"];
  const { code, output } = await runWith(bytes, "event", ...args);
  expect({ code, output }).toEqual({
    code: 0,
    output: `Event binary (256 bytes) was sent through ${seed}.\n`,
  });
  const { payload, encoding } = await monitor.sees("user", "binary");
  expect(encoding).toBe("base64");
  expect(Buffer.from(payload!, "base64")).toEqual(bytes);
  expect(await monitor.stop("SIGTERM")).toBe(0);
});

test("a query is answered by members with a handler, and --expect counts them", async () => {
  const monitor = await Monitor.start();
  const { code, output } = await project.run("query", "--stack", stack, "load", "--expect", "3");
  for (const name of containers) expect(output).toMatch(new RegExp(`^${name} +load \\d`, "m"));
  // The host's agent has no handler, so the query lasts for Serf's whole timeout.
  expect(output).toMatch(/\n3 of 4 members answered in 3\.\d\d s, 4 acknowledged\.\n$/);
  expect(code).toBe(0);
  await monitor.sees("query", "load");
  expect(await monitor.stop("SIGINT")).toBe(0);

  const args = ["--stack", stack, "load", "--timeout", "1", "--expect", "all"];
  const all = await project.run("query", ...args);
  expect(all.code).toBe(1);
  expect(all.output).toMatch(/^3 of 4 members answered in 1\.\d\d s/m);
  expect(all.output).toContain(
    `error: 3 answered, --expect all requires 4; no answer from ${host}.`,
  );
});

test("a query ends when all addressed members have answered", async () => {
  const args = ["--stack", stack, "load", "--timeout", "30", "--expect", "all", "--json"];
  const byTag = await project.succeed("query", ...args, "--tag", "role=join.*");
  const records = byTag
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as QueryRecord & { seconds?: number });
  const answers = records.filter(({ type }) => type === "response");
  expect(answers.map(({ from }) => from).sort()).toEqual([joiner(1), joiner(2)]);
  expect(records.at(-1)).toMatchObject({ type: "done", answered: 2, members: 2 });
  expect(records.at(-1)!.seconds).toBeLessThan(10);

  const byName = await project.succeed("query", ...args, "--node", seed, "--node", joiner(2));
  expect(byName).toMatch(/"answered":2,"members":2/);
  // A part of a value does not match.
  const half = await project.run("query", ...args, "--tag", "role=join");
  expect(half).toEqual({ code: 1, output: "error: No alive member matches --node and --tag.\n" });
  const broken = await project.run("query", ...args, "--tag", "role=(");
  expect(broken.code).toBe(1);
  expect(broken.output).toMatch(/may not be able to parse a regular expression .*: --tag role=\(/);
  await expectNoTunnels();
});

test("members can be chosen by tag and status", async () => {
  const output = await project.succeed("members", "--stack", stack, "--tag", "role=seed|host");
  expect(output.match(/^serf-\S+/gm)).toEqual([host, seed]);
  const none = await project.succeed("members", "--stack", stack, "--status", "failed", "--json");
  expect(JSON.parse(none)).toEqual([]);
});

test.each([
  ["a long event", "event", ["x", "y".repeat(500)], "The event takes 539 bytes, Serf allows 512: "],
  ["a long query", "query", ["x", "y".repeat(1000)], "The query takes "],
  ["an event without a name", "event", [""], "The event's name is empty, allowed is "],
  ["a query of Serf's own", "query", ["_serf_ping"], `The query's name is "_serf_ping", but `],
  [
    "an unknown member",
    "query",
    ["load", "--node", "x"],
    '--node is "x", allowed is the name of a member',
  ],
  ["an unknown option", "monitor", ["--jsn"], "Unknown option '--jsn'. Allowed are --json, "],
])("%s is refused with a message", async (_, name, args, beginning) => {
  const { code, output } = await project.run(name, "--stack", stack, ...args);
  expect(code).toBe(1);
  expect(output).toMatch(/^error: .*\.\n$/);
  expect(output.slice("error: ".length, "error: ".length + beginning.length)).toBe(beginning);
});

test("Serf accepts the longest event that is allowed", async () => {
  const output = await project.succeed("event", "--stack", stack, "x", "y".repeat(473));
  expect(output).toContain("(473 bytes) was sent");
});

test("monitor sees a member leave, come back and fail", async () => {
  const monitor = await Monitor.start();
  await docker(["stop", joiner(2)], 30_000);
  expect((await monitor.sees("member-leave", joiner(2))).members).toEqual([
    { name: joiner(2), address: "172.31.246.4", tags: { role: "joiner" } },
  ]);
  await docker(["start", joiner(2)]);
  await monitor.sees("member-join", joiner(2));
  await docker(["kill", joiner(2)]);
  await monitor.sees("member-failed", joiner(2));
  await docker(["start", joiner(2)]);
  expect(await monitor.stop("SIGINT")).toBe(0);
});

test("monitor continues with another agent when its own is restarted", async () => {
  const monitor = await Monitor.start();
  await docker(["restart", seed], 30_000);
  await monitor.says(`The agent of ${seed} closed the connection.`);
  await monitor.says(`Events as ${joiner(1)} sees them:`);
  await monitor.sees("member-join", seed);
  await project.succeed("event", "--stack", stack, "--no-coalesce", "afterwards");
  await monitor.sees("user", "afterwards");
  expect(await monitor.stop("SIGINT")).toBe(0);
  await expectNoTunnels();
});

test("declared events are sent only when an up has changed the members", async () => {
  const monitor = await Monitor.start();
  const reloads = () =>
    monitor.lines.filter(({ type, name }) => type === "user" && name === "reload");
  const startWith = async (changes: object) => {
    project.configure(stack, { ...config, ...changes });
    return await project.succeed("start", "--stack", stack);
  };
  const events = [{ name: "reload", payload: "members" }];
  await startWith({ events });
  expect((await monitor.sees("user", "reload")).payload).toBe("members");
  expect(await startWith({ events })).toMatch(/Resources:\s+\d+ unchanged/);
  expect(reloads()).toHaveLength(1);
  await startWith({ events, tags: { rack: "a7" } });
  await vi.waitFor(() => expect(reloads()).toHaveLength(2), { timeout: 10_000 });
  // The declaration has changed, but the members have not.
  await startWith({ events: [...events, { name: "other" }], tags: { rack: "a7" } });
  await startWith({ tags: { rack: "a7" } });
  expect(reloads()).toHaveLength(2);
  expect(monitor.lines.filter(({ name }) => name === "other")).toEqual([]);
  await startWith({});
  await monitor.stop("SIGINT");
});

test("without a stack the commands say so", async () => {
  for (const args of [["event", "x"], ["query", "x"], ["monitor"], ["members"]]) {
    const { code, output } = await project.run(args[0]!, ...args.slice(1), "--stack", "nothing");
    expect({ code, output }).toEqual({
      code: 1,
      output:
        "error: No container of stack nothing is running here. " +
        "Start the cluster with `npm start -- --stack nothing`.\n",
    });
  }
});
