import { execFile } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { docker, pause } from "../../../../lib/host/run.ts";
import { openInContainer } from "../../../../lib/serf/open.ts";
import { logsOf } from "../../support/agents.ts";
import { containersOf, membersIn, withStatus } from "../../support/project.ts";
import { projectWith } from "../../support/stack.ts";

// The tests run in order, with a cluster of 20 containers and the host's agent.

const stack = "e2e-secrets";
const joiners = 19;
const config = { subnet: "172.31.234.0/24", gossipPort: 17966, rpcPort: 17346, joiners };
const named = (part: string) => `serf-${stack}-${part}`;
const seed = named("seed");
const last = named(`joiner-${joiners}`);
const verbose = ["--verbose=3", "--logtostderr"];

const project = projectWith({ [stack]: config }, { isUp: false });
/** Everything that Pulumi printed, in its most verbose mode. */
let console_ = "";

beforeAll(async () => {
  await project.run("pulumi", "stack", "init", stack, "--no-select");
  console_ += await project.succeed("pulumi", "up", "--yes", ...verbose, "--stack", stack);
});

const inSeed = (...command: string[]) => docker(["exec", seed, ...command]);

async function keyring(container = seed, file = "/run/serf/keyring"): Promise<string[]> {
  return JSON.parse(await docker(["exec", container, "cat", file])) as string[];
}

/** The current secrets. */
async function secrets(): Promise<string[]> {
  return [...(await keyring()), await inSeed("cat", "/etc/serf/config/rpc-token")];
}

/** The encodings in which a text may contain a secret. */
function encodings(secret: string): Buffer[] {
  const bytes = Buffer.from(secret, "base64");
  const texts = [
    secret,
    secret.replace(/=+$/, ""),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1).replaceAll("/", "\\/"),
    bytes.toString("base64url"),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    Buffer.from(secret).toString("base64").replace(/=+$/, ""),
    [...bytes].join(" "),
    [...bytes].join(","),
  ];
  return [bytes, ...texts.map((text) => Buffer.from(text))];
}

async function expectNoSecret(where: string, text: string | Buffer): Promise<void> {
  const found = Buffer.from(text);
  expect(found.length, where).toBeGreaterThan(0);
  for (const secret of await secrets()) {
    for (const encoded of encodings(secret)) {
      if (found.includes(encoded))
        throw new Error(`${where} contains a secret: ${encoded.toString()}`);
    }
  }
}

/** The arguments and environments of all processes. */
function processes(): Buffer {
  const ids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const read = (file: string) => {
    try {
      return readFileSync(file);
    } catch {
      return Buffer.alloc(0); // It has ended.
    }
  };
  return Buffer.concat(
    ids.flatMap((id) => [read(`/proc/${id}/cmdline`), read(`/proc/${id}/environ`)]),
  );
}

describe("the key and the token are only where agents read them", () => {
  test("in 20 containers and on the host, readable only by the agent's user and root", async () => {
    expect(withStatus(await membersIn(seed), "alive")).toHaveLength(21);
    expect((await secrets()).every((secret) => Buffer.from(secret, "base64").length === 32)).toBe(
      true,
    );
    const files = ["/etc/serf/config/keyring", "/etc/serf/config/rpc-token", "/run/serf/keyring"];
    const modes = await inSeed("stat", "-c", "%a %u", ...files);
    expect(modes.trim().split("\n")).toEqual(["400 7946", "400 7946", "600 7946"]);
    const others = ["exec", "--user", "1000", seed, "cat"];
    for (const file of files) await expect(docker([...others, file])).rejects.toThrow("denied");
    for (const file of ["keyring", "rpc-token", "agent.json"]) {
      const { mode } = statSync(project.path(".serf", "host", stack, file));
      expect(mode & 0o777, file).toBe(0o600);
    }
  });

  test("not in the engine's API", async () => {
    const containers = Object.keys(await containersOf(stack));
    await expectNoSecret("docker inspect", await docker(["inspect", ...containers]));
    const image = await docker(["inspect", "--format", "{{.Image}}", seed]);
    await expectNoSecret("docker image inspect", await docker(["image", "inspect", image.trim()]));
    const history = ["history", "--no-trunc", image.trim()];
    await expectNoSecret("docker history", await docker(history));
    for (const name of [`serf-${stack}-config`, `serf-${stack}-data`]) {
      await expectNoSecret(name, await docker(["volume", "inspect", name]));
    }
    await expectNoSecret("docker network", await docker(["network", "inspect", `serf-${stack}`]));
  });

  // Serf's command line takes the token from its environment, but only users and handlers run it.
  test("not in arguments and environments, even while Pulumi is running", async () => {
    await expectNoSecret("processes", processes());
    const samples: Buffer[] = [];
    const timer = setInterval(() => samples.push(processes()), 100);
    project.configure(stack, { ...config, tags: { rack: "a7" } });
    await project.succeed("start", "--stack", stack);
    clearInterval(timer);
    expect(samples.length).toBeGreaterThan(10);
    await expectNoSecret("processes", Buffer.concat(samples));
  });

  test("not in Pulumi's output and state", async () => {
    project.configure(stack, config);
    console_ += await project.succeed("pulumi", "preview", "--diff", ...verbose, "--stack", stack);
    console_ += await project.succeed("pulumi", "up", "--yes", ...verbose, "--stack", stack);
    expect(console_).toContain('"v":3');
    await expectNoSecret("console", console_);
    const outputs = ["stack", "output", "--json", "--show-secrets", "--stack", stack];
    await expectNoSecret("outputs", await project.succeed("pulumi", ...outputs));
    const exported = await project.succeed("pulumi", "stack", "export", "--stack", stack);
    expect(exported).toContain("ciphertext");
    await expectNoSecret("export", exported);
  });

  test("not in the project's folder, except for the files of the host's agent", async () => {
    const entries = readdirSync(project.path(".serf"), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const own = new Set(["keyring", "rpc-token", "agent.json"]);
    expect(files.filter(({ name }) => own.has(name))).toHaveLength(3);
    for (const { parentPath, name } of files.filter(({ name }) => !own.has(name))) {
      await expectNoSecret(
        name,
        Buffer.concat([Buffer.from(name), readFileSync(`${parentPath}/${name}`)]),
      );
    }
  });

  test("not in the agents' logs", async () => {
    for (const container of Object.keys(await containersOf(stack))) {
      await expectNoSecret(container, await logsOf(container));
    }
    await expectNoSecret("host", readFileSync(project.path(".serf", "host", stack, "agent.log")));
  });
});

/** Serf prints errors on its standard output. */
async function expectRefused(program: string, args: readonly string[]): Promise<void> {
  const refusal = promisify(execFile)(program, [...args]);
  await expect(refusal).rejects.toMatchObject({ code: 1 });
  const { stdout, stderr } = (await refusal.catch((error: unknown) => error)) as Record<
    "stdout" | "stderr",
    string
  >;
  expect(stdout + stderr).toMatch(/auth|token/i);
}

describe("without them, a program", () => {
  test("gets no answer on RPC, which is on loopback only", async () => {
    const rpc = "/usr/local/libexec/serf";
    await expectRefused("docker", ["exec", seed, rpc, "members"]);
    await expectRefused("docker", ["exec", "--env", "SERF_RPC_AUTH=other", seed, rpc, "members"]);
    const host = project.path(".serf", "host", stack, "serf-binary");
    await expectRefused(host, ["members", `-rpc-addr=127.0.0.1:${config.rpcPort}`]);
    // Local addresses of listening sockets: 7373 is 1CCD.
    const listening = await inSeed("cat", "/proc/net/tcp", "/proc/net/tcp6");
    const places = [...listening.matchAll(/^ *\d+: ([0-9A-F]+):1CCD [0-9A-F:]+ 0A/gm)];
    expect(places.map(([, place]) => place)).toEqual(["0100007F"]);
    const onHost = readFileSync("/proc/net/tcp", "utf8") + readFileSync("/proc/net/tcp6", "utf8");
    const port = config.rpcPort.toString(16).toUpperCase().padStart(4, "0");
    const hostPlaces = [...onHost.matchAll(/^ *\d+: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F:]+ 0A/gm)]
      .filter(([, , found]) => found === port)
      .map(([, place]) => place);
    expect(hostPlaces).toEqual(["0100007F"]);
  });

  test.each([
    ["a wrong key", ["-encrypt", Buffer.alloc(32, 1).toString("base64")]],
    ["no key", []],
  ])("with %s cannot join, and members do not notice", async (_, encryption) => {
    const before = await membersIn(last);
    const image = (await docker(["inspect", "--format", "{{.Config.Image}}", seed])).trim();
    const name = named("foreigner");
    const agent = ["agent", "-node=foreigner", "-join=172.31.234.2", ...encryption];
    const entrypoint = ["--entrypoint", "/usr/local/libexec/serf"];
    const start = ["run", "--detach", "--name", name, "--network", `serf-${stack}`, ...entrypoint];
    await docker([...start, image, ...agent], 30_000);
    try {
      const deadline = Date.now() + 30_000;
      const hasEnded = async () =>
        (await docker(["inspect", "-f", "{{.State.Running}}", name])) === "false\n";
      while (!(await hasEnded()) && Date.now() < deadline) await pause(200);
      expect(await logsOf(name)).toMatch(/[Ff]ailed to join|Error joining/);
      expect(await membersIn(last)).toEqual(before);
      expect((await membersIn(seed)).map((member) => member.name)).not.toContain("foreigner");
    } finally {
      await docker(["rm", "--force", name]);
    }
  });
});

/** Collects the events that a member reports while something is done. */
async function heardBy(container: string, work: () => Promise<void>) {
  const rpc = await openInContainer(container);
  const heard: { readonly type: string; readonly name?: string }[] = [];
  const stream = (async () => {
    for await (const event of rpc.stream()) heard.push(event);
  })();
  try {
    await work();
    await pause(2000);
  } finally {
    await rpc.close();
    await stream;
  }
  return heard;
}

/** Expects that every agent has exactly these keys. */
async function expectKey(keys: readonly string[]): Promise<void> {
  for (const container of Object.keys(await containersOf(stack))) {
    expect(await keyring(container), container).toEqual(keys);
    expect(await keyring(container, "/etc/serf/config/keyring"), container).toEqual(keys);
  }
  const host = readFileSync(project.path(".serf", "host", stack, "keyring"), "utf8");
  expect(JSON.parse(host)).toEqual(keys);
}

describe("the key rotates", () => {
  test("while no member joins, leaves or fails, and events arrive", async () => {
    const [former] = await keyring();
    let sent = 0;
    const heard = await heardBy(last, async () => {
      const rotation = project.start("rotateKey", "--stack", stack);
      while (rotation.child.exitCode === null) {
        await inSeed("serf", "event", "-coalesce=false", `tick-${++sent}`);
        await pause(100);
      }
      const { code, output } = await rotation.ended;
      expect(code, output).toBe(0);
    });
    expect(sent).toBeGreaterThan(10);
    const ticks = heard.filter(({ type }) => type === "user").map(({ name }) => name);
    const expected = Array.from({ length: sent }, (_, index) => `tick-${index + 1}`);
    expect(new Set(ticks)).toEqual(new Set(expected));
    expect(heard.filter(({ type }) => type.startsWith("member"))).toEqual([]);
    const [current] = await keyring();
    expect(current).not.toBe(former);
    await expectKey([current!]);
    await project.succeed("pulumi", "preview", "--expect-no-changes", "--stack", stack);
  });

  test("only if all members answer: otherwise both keys stay, and the next run continues", async () => {
    const [former] = await keyring();
    const pid = Number(await docker(["inspect", "--format", "{{.State.Pid}}", last]));
    const agent = Number(
      readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0],
    );
    process.kill(agent, "SIGSTOP");
    let failed;
    try {
      failed = await project.run("rotateKey", "--stack", stack);
    } finally {
      process.kill(agent, "SIGCONT");
    }
    expect(failed.code, failed.output).not.toBe(0);
    expect(failed.output).toContain("The gossip key was not rotated");
    expect(failed.output).toContain(last);
    expect(await keyring(seed, "/etc/serf/config/keyring")).toContain(former);
    const isWhole = async () => withStatus(await membersIn(seed), "alive").length === 21;
    const deadline = Date.now() + 60_000;
    while (!(await isWhole()) && Date.now() < deadline) await pause(500);
    // An agent that starts in between has the keys that it needs as well.
    await docker(["restart", named("joiner-3")], 30_000);
    await project.succeed("rotateKey", "--stack", stack);
    const [current] = await keyring();
    expect(current).not.toBe(former);
    await expectKey([current!]);
    expect(withStatus(await membersIn(seed), "alive")).toHaveLength(21);
  });

  test("even while containers are restarted and killed", async () => {
    const [former] = await keyring();
    const rotation = project.start("rotateKey", "--stack", stack);
    for (let index = 1; rotation.child.exitCode === null; index = (index % 9) + 1) {
      await docker(
        index % 3 === 0
          ? ["kill", named(`joiner-${index}`)]
          : ["restart", named(`joiner-${index}`)],
        30_000,
      );
      await docker(["start", named(`joiner-${index}`)]);
    }
    await rotation.ended;
    // It may have stopped safely, because a member was down at that moment.
    await project.succeed("start", "--stack", stack);
    const [current] = await keyring();
    expect(current).not.toBe(former);
    await expectKey([current!]);
    await project.succeed("pulumi", "preview", "--expect-no-changes", "--stack", stack);
  });
});
