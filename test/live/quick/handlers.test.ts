import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventHandlers, parseHandlers } from "../../../lib/settings/handlers/handlers.ts";
import { docker } from "../../../lib/host/run.ts";
import { Agents, answers, logsOf } from "../support/agents.ts";
import { membersIn, withStatus } from "../support/project.ts";

/** Handlers for the tests, each for the query and the user event of its name. */
const scripts = {
  who: "echo $(id -u) $SERF_EVENT $SERF_QUERY_NAME $(cat)",
  warns: "echo beware >&2; echo fine",
  fails: "echo half an answer; echo 'no such disk' >&2; echo 'and more' >&2; exit 3",
  floods: "head -c 50000000 /dev/zero | tr '\\0' x; echo and the end; exit 4",
  // The shell runs its trap only after its current command has ended.
  hangs: "trap 'echo tidied > /tmp/tidied; exit 1' TERM; sleep 1001 & sleep 1002",
  stubborn: "trap '' TERM; (sleep 1003) & yes",
  // The first stays in the handler's session, the second gets its own, and the handler waits for it.
  leaves: "sleep 1004 & echo left",
  escapes:
    "mkfifo /tmp/out; setsid sh -c ': > /tmp/out; exec sleep 1005' & cat /tmp/out; rm /tmp/out; echo escaped",
};

const agents = new Agents("serf-e2e-handlers", "172.31.247");
let a: string;

beforeAll(async () => {
  await agents.build(scripts);
  const own = Object.keys(scripts).map((name) => [
    name,
    { on: [`query:${name}`, `user:${name}`], timeout: 2 },
  ]);
  const files = ["hosts", "load", ...Object.keys(scripts)];
  const { handlers, faults } = parseHandlers(
    JSON.stringify({ hosts: true, ...Object.fromEntries(own) }),
    files.map((name) => ({ name, isExecutable: true })),
  );
  expect(faults).toEqual([]);
  a = await agents.start("a", 2, eventHandlers(handlers));
});

afterAll(async () => {
  await agents.end();
});

const inA = (...command: string[]) => docker(["exec", a, ...command]);

/** The runner's last log line about a handler. */
async function complaintOf(handler: string): Promise<string | undefined> {
  const lines = (await logsOf(a)).split("\n");
  return lines.findLast((line) => line.includes(`[ERR] handler ${handler} `));
}

/** Expects that the agent answers, was not restarted, and no files of a run are left. */
async function expectUnharmed() {
  expect(Object.keys(await answers(a, "load"))).toContain("a");
  expect(await docker(["inspect", "-f", "{{.State.Running}} {{.RestartCount}}", a])).toBe(
    "true 0\n",
  );
  // A run logs its failure before it cleans up, and nothing waits for the end of an event handler.
  const left = () => inA("find", "/tmp", "-name", "handle.*");
  await expect.poll(left, { timeout: 5_000 }).toBe("");
}

test("the scripts are correct for the image's shell", async () => {
  const found = await inA("find", "/usr/local/bin", "/etc/serf/handlers", "-type", "f");
  const paths = found.split("\n").filter((path) => path !== "" && !path.endsWith("/serf"));
  expect(paths.length).toBe(8 + Object.keys(scripts).length);
  for (const path of paths) expect(await inA("sh", "-n", path)).toBe("");
});

describe("load", () => {
  const answer = /^load \d+\.\d\d \d+\.\d\d \d+\.\d\d, memory (\d+) of (\d+) MiB\n$/;

  test("reports the container's memory", async () => {
    const [, used, limit] = answer.exec((await answers(a, "load"))["a"]!)!;
    expect(limit).toBe("256");
    expect(Number(used)).toBeLessThan(128);
  });

  test("reads both versions of control groups, or else the host's memory", async () => {
    const dir = mkdtempSync(join(tmpdir(), "serf-cgroup-"));
    const load = async (files: Record<string, string>) => {
      rmSync(dir, { recursive: true });
      mkdirSync(join(dir, "memory"), { recursive: true });
      for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
      const mounts = [`${dir}:/sys/fs/cgroup:ro`];
      const text = await agents.runAlone("/etc/serf/handlers/load", [], mounts);
      return answer.exec(text)!.slice(1).map(Number);
    };
    const mib = (count: number) => `${count * 2 ** 20}\n`;
    const version2 = {
      "memory.current": mib(12),
      "memory.max": mib(32),
      "memory.stat": `anon 1\ninactive_file ${mib(2)}active_file 5\n`,
    };
    const version1 = {
      "memory/memory.usage_in_bytes": mib(20),
      "memory/memory.limit_in_bytes": mib(64),
      "memory/memory.stat": `inactive_file ${mib(1)}total_inactive_file ${mib(3)}`,
    };
    try {
      expect(await load(version2)).toEqual([10, 32]);
      expect(await load(version1)).toEqual([17, 64]);
      const [used, total] = await load({});
      expect(used).toBeGreaterThan(0);
      expect(total).toBeGreaterThan(used!);
      expect(await load({ ...version2, "memory.max": "max\n" })).toEqual([10, total]);
      const unlimited = { "memory/memory.limit_in_bytes": "9223372036854771712\n" };
      expect(await load({ ...version1, ...unlimited })).toEqual([17, total]);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

describe("hosts", () => {
  const header = [
    "# The live members of the cluster as a sees them.",
    '# The event handler "hosts" of the Serf agent rewrites this file when they change.',
  ];
  const expectHosts = (...lines: string[]) =>
    expect
      .poll(() => inA("cat", "/var/lib/serf/hosts").catch(String), {
        timeout: 30_000,
        interval: 500,
      })
      .toBe([...header, ...lines, ""].join("\n"));
  const byHand = "SERF_EVENT=member-join SERF_SELF_NAME=a handle hosts 20";
  const line = { a: "172.31.247.2\ta", b: "172.31.247.3\tb" };

  test("follows members that join, leave, fail and return", async () => {
    await expectHosts(line.a);
    // Tags that look like fields of a member do not confuse it.
    const b = await agents.start("b", 3, [], { name: "c", addr: "172.31.247.9:7946" });
    await expectHosts(line.a, line.b);
    await docker(["stop", b], 20_000);
    await expectHosts(line.a);
    await docker(["start", b]);
    await expectHosts(line.a, line.b);
    await docker(["kill", b]);
    await expectHosts(line.a);
    await docker(["start", b]);
    await expectHosts(line.a, line.b);
    expect(await complaintOf("hosts")).toBeUndefined();
  });

  test("leaves out members whose names are not valid host names", async () => {
    const others = ["no_host_name", "10", "localhost"];
    const containers = await Promise.all(
      others.map((name, index) => agents.start(name, 10 + index, [])),
    );
    const alive = async () => withStatus(await membersIn(a), "alive");
    await expect.poll(alive, { timeout: 20_000 }).toHaveLength(2 + others.length);
    await inA("sh", "-c", `${byHand} < /dev/null`);
    await expectHosts(line.a, line.b);
    await docker(["rm", "--force", ...containers]);
    expect(await complaintOf("hosts")).toBeUndefined();
  });

  test("is correct after many concurrent runs, and leaves no other files", async () => {
    await inA("sh", "-c", "echo stale > /var/lib/serf/hosts");
    await inA("sh", "-c", `for i in 1 2 3 4 5 6 7 8; do ${byHand} < /dev/null & done; wait`);
    await expectHosts(line.a, line.b);
    expect((await inA("ls", "-A", "/var/lib/serf")).split("\n").filter(Boolean).sort()).toEqual([
      "hosts",
      "snapshot",
    ]);
    expect(await inA("stat", "-c", "%A %u", "/var/lib/serf/hosts")).toBe("-rw-r--r-- 7946\n");
  });

  test("member-address looks a member up", async () => {
    expect(await inA("member-address", "b")).toBe("172.31.247.3\n");
    await expect(inA("member-address", "c")).rejects.toThrow("there is no live member named c");
    await expect(inA("member-address", "")).rejects.toThrow("there is no live member named");
    await expect(inA("member-address")).rejects.toThrow("Usage: member-address NAME");
    await expect(agents.runAlone("member-address", ["b"])).rejects.toThrow(
      'member-address: /var/lib/serf/hosts does not exist; turn on the handler "hosts", which writes it',
    );
  });
});

describe("the runner", () => {
  test("passes a handler its input and environment, as the agent's user", async () => {
    expect(await answers(a, "who", ["what is this"])).toEqual({
      a: "7946 query who what is this\n",
    });
  });

  test("answers only with the standard output", async () => {
    expect(await answers(a, "warns")).toEqual({ a: "fine\n" });
  });

  test("sends no answer when a handler fails, and logs why", async () => {
    expect(await answers(a, "fails")).toEqual({});
    expect(await complaintOf("fails")).toMatch(
      /^ {4}\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[ERR\] handler fails on query:fails: exit code 3: no such disk$/,
    );
    await inA("serf", "event", "fails");
    await expect.poll(() => complaintOf("fails"), { timeout: 10_000 }).toContain("on user:fails:");
    await expectUnharmed();
  });

  test("logs one line, whatever the names contain", async () => {
    const event = "SERF_USER_EVENT=x\n2026/01/01 00:00:00 [INFO] forged";
    const run = inA("env", "SERF_EVENT=user", event, "handle", "absent", "2");
    await expect(run).rejects.toThrow();
    expect(await complaintOf("absent")).toMatch(
      /on user:x 2026\/01\/01 00:00:00 \[INFO\] forged: exit code 127: .*absent/,
    );
  });

  test("logs when there is no space for its files", async () => {
    const run = agents.runAlone("handle", ["load", "2"], [`${import.meta.dirname}:/tmp:ro`]);
    await expect(run).rejects.toThrow("handler load on no event: cannot write below /tmp");
  });

  test("copes with endless output", async () => {
    expect(await answers(a, "floods")).toEqual({});
    expect(await complaintOf("floods")).toContain("exit code 4");
    await expectUnharmed();
  });

  test("terminates a hanging handler with its children, and lets it clean up", async () => {
    expect(await answers(a, "hangs")).toEqual({});
    expect(await complaintOf("hangs")).toContain("hangs on query:hangs: timed out after 2 s");
    expect(await inA("cat", "/tmp/tidied")).toBe("tidied\n");
    expect(await inA("ps")).not.toMatch(/sleep 100[12]/);
    await expectUnharmed();
  });

  test("kills a handler that does not terminate", async () => {
    expect(await answers(a, "stubborn")).toEqual({});
    expect(await complaintOf("stubborn")).toContain("timed out after 2 s");
    expect(await inA("ps")).not.toMatch(/sleep 1003|yes/);
    await expectUnharmed();
  });

  test("terminates a handler's remaining children, and does not wait for detached ones", async () => {
    expect(await answers(a, "leaves")).toEqual({ a: "left\n" });
    expect(await inA("ps")).not.toContain("sleep 1004");
    expect(await answers(a, "escapes")).toEqual({});
    expect(await complaintOf("escapes")).toContain(
      "timed out after 2 s, because a process that it left behind keeps its output open",
    );
    await expectUnharmed();
  });
});
