import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { run } from "../../../../lib/host/run.ts";
import { Project, remainsOf } from "../../support/project.ts";
import { dockerBy, SecondEngine, type Way } from "./secondEngine.ts";
import { hostName } from "./secondHost.ts";
import { obstacleToHosts } from "../../support/hosts/site.ts";

// A stack on an engine on another host, with each way to name the engine.

const stack = "e2e-remote";
const config = { subnet: "172.31.236.0/24", gossipPort: 18046, rpcPort: 18047, joiners: 2 };
const names = ["host", "joiner-1", "joiner-2", "seed"].map((part) => `serf-${stack}-${part}`);

/** Forwards a socket on this machine to the engine's, over SSH. */
async function forwarded(socket: string, way: Way): Promise<ChildProcess> {
  const { hostname, port, username } = new URL(way.host);
  const target = ["-p", port, `${username}@${hostname}`];
  const options = ["-N", "-o", "ExitOnForwardFailure=yes", "-L", `${socket}:/var/run/docker.sock`];
  const forward = spawn("ssh", [...options, ...target], {
    stdio: "ignore",
    env: { ...process.env, ...way.env },
  });
  await vi.waitFor(() => expect(existsSync(socket)).toBe(true), { timeout: 10_000 });
  return forward;
}

/** Milliseconds within which a command must report an engine that cannot be reached. */
const answerTime = 10_000;

describe.skipIf(obstacleToHosts() !== undefined)("a stack on another engine", () => {
  let engine: SecondEngine;
  let project: Project;

  beforeAll(async () => {
    engine = await SecondEngine.start();
    project = new Project(600_000);
    stub({ DOCKER_HOST: engine.tls.host, ...engine.tls.env });
    await project.succeed("setup");
  });

  afterEach(() => {
    vi.unstubAllEnvs();
  });

  afterAll(async () => {
    await engine.stop();
    await project.remove();
  });

  /** Sets variables that would be in a user's environment. */
  function stub(env: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  }

  async function containersOn(way: Way): Promise<string[]> {
    const list = await dockerBy(way, ["ps", "--format", "{{.Names}}"]);
    return list.split("\n").filter(Boolean).sort();
  }

  async function comesUpAndGoes(): Promise<void> {
    const output = await project.succeed("start", "--stack", stack);
    for (const name of names) expect(output).toMatch(new RegExp(`^${name} .* alive `, "m"));
    expect(await containersOn(engine.tls)).toEqual(names);
    await project.succeed("pulumi", "preview", "--expect-no-changes", "--stack", stack);
    const members = JSON.parse(await project.succeed("members", "--json", "--stack", stack)) as {
      name: string;
      status: string;
    }[];
    expect(members.map(({ name, status }) => `${name} ${status}`).sort()).toEqual(
      names.map((name) => `${name} alive`),
    );
    await project.succeed("event", "deploy", "1.2.3", "--stack", stack);
    const query = ["load", "--tag", "role=seed|joiner", "--expect", "all"];
    await project.succeed("query", ...query, "--stack", stack);
    await project.succeed("stop", "--stack", stack);
    expect(await containersOn(engine.tls)).toEqual([]);
    for (const kind of ["network", "volume", "image"]) {
      const labelled = ["--filter", `label=serf.stack=${stack}`];
      expect(await engine.docker([kind, "ls", "--quiet", ...labelled]), kind).toBe("");
    }
    vi.unstubAllEnvs();
    expect(await remainsOf(stack)).toEqual([]);
  }

  // The first test also compiles Serf on that engine.
  test("named over SSH by dockerHost, with its socket", async () => {
    stub(engine.ssh.env);
    const dockerHost = `${engine.ssh.host}/var/run/docker.sock`;
    project.configure(stack, { ...config, dockerHost });
    await comesUpAndGoes();
  });

  test("behind a socket of this machine, and a node of a Swarm", async () => {
    const folder = mkdtempSync(join(tmpdir(), "serf e2e "));
    const socket = join(folder, "my docker.sock");
    const forward = await forwarded(socket, engine.ssh);
    try {
      await engine.docker(["swarm", "init", "--advertise-addr", "eth0"], 60_000);
      const forwarding = { ...config, dockerHost: `unix://${socket}` };
      project.configure(stack, forwarding);
      const { code, output } = await project.run("start", "--stack", stack);
      expect(code).not.toBe(0);
      expect(output).toContain(
        "hostAgentPort is 7946, but the engine is a Swarm node, which uses that port",
      );
      expect(await containersOn(engine.tls)).toEqual([]);
      project.configure(stack, { ...forwarding, hostAgentPort: 7950, hostAgentIn: "process" });
      expect((await project.run("start", "--stack", stack)).output).toContain(
        `hostAgentIn is process, but the engine at unix://${socket} runs on another host, ${hostName} (`,
      );
      project.configure(stack, { ...forwarding, hostAgentPort: 7950 });
      await comesUpAndGoes();
    } finally {
      await engine.docker(["swarm", "leave", "--force"], 60_000).catch(() => undefined);
      forward.kill();
      rmSync(folder, { recursive: true });
    }
  });

  test("named over TLS by dockerHost", async () => {
    const { host: dockerHost, certPath: dockerCertPath } = engine.tls;
    project.configure(stack, { ...config, dockerHost, dockerCertPath });
    await comesUpAndGoes();
  });

  test("named by DOCKER_HOST", async () => {
    stub({ DOCKER_HOST: engine.tls.host, ...engine.tls.env });
    project.configure(stack, config);
    await comesUpAndGoes();
  });

  test("named by the docker client's context", async () => {
    const folder = mkdtempSync(join(tmpdir(), "serf-e2e-context-"));
    try {
      stub({ DOCKER_CONFIG: folder });
      const file = (name: string) => `${name}=${join(engine.tls.certPath, `${name}.pem`)}`;
      const endpoint = [`host=${engine.tls.host}`, ...["ca", "cert", "key"].map(file)].join();
      await run("docker", ["context", "create", "elsewhere", "--docker", endpoint]);
      await run("docker", ["context", "use", "elsewhere"]);
      project.configure(stack, config);
      await comesUpAndGoes();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("the host's agent cannot be a process on this machine", async () => {
    const { host: dockerHost, certPath: dockerCertPath } = engine.tls;
    project.configure(stack, { ...config, dockerHost, dockerCertPath, hostAgentIn: "process" });
    const { code, output } = await project.run("start", "--stack", stack);
    expect(code).not.toBe(0);
    expect(output).toContain(
      `hostAgentIn is process, but the engine is at ${dockerHost}, where no process can be started`,
    );
    expect(await containersOn(engine.tls)).toEqual([]);
  });
});

describe("an engine that cannot be reached", () => {
  let project: Project;

  beforeAll(() => {
    project = new Project();
  });

  afterAll(async () => {
    await project.remove();
  });

  /** The message of `npm start` for an engine, and how long it took. */
  async function refusal(dockerHost: string): Promise<string> {
    project.configure("e2e-nowhere", { ...config, dockerHost });
    const start = performance.now();
    const { code, output } = await project.run("start", "--stack", "e2e-nowhere");
    expect(code).not.toBe(0);
    expect(output).toContain(
      `dockerHost of stack e2e-nowhere is ${dockerHost}, but no Docker engine answers there: `,
    );
    expect(performance.now() - start).toBeLessThan(answerTime);
    return output;
  }

  /** A server that accepts connections but never answers. */
  async function silentServer() {
    const sockets: Socket[] = [];
    const server = createServer((socket) => sockets.push(socket.on("error", () => undefined)));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const close = async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    };
    return { port, close };
  }

  test("nothing listens", async () => {
    const { port, close } = await silentServer();
    await close();
    expect(await refusal(`tcp://127.0.0.1:${port}`)).toContain("ECONNREFUSED");
    expect(await refusal(`ssh://127.0.0.1:${port}`)).toContain("Connection refused");
  });

  test("the server does not answer", async () => {
    const { port, close } = await silentServer();
    try {
      expect(await refusal(`tcp://127.0.0.1:${port}`)).toContain("did not answer in time");
      expect(await refusal(`ssh://127.0.0.1:${port}`)).toContain("did not answer in time");
    } finally {
      await close();
    }
  });

  test("the host name does not resolve", async () => {
    expect(await refusal("tcp://nobody.invalid:2376")).toMatch(/ENOTFOUND|EAI_AGAIN/);
    expect(await refusal("ssh://nobody.invalid")).toContain("Could not resolve hostname");
  });
});
