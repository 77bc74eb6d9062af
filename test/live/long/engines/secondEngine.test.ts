import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { docker, run } from "../../../../lib/host/run.ts";
import { Agents } from "../../support/agents.ts";
import { dockerBy, SecondEngine } from "./secondEngine.ts";
import { obstacleToHosts } from "../../support/hosts/site.ts";
import { processesIn, processesNaming, tracesOf } from "../../support/hosts/traces.ts";
import { address, hostFolder, hostName, network, SecondHost } from "./secondHost.ts";

// The tests run in order on one engine, which one of them stops.

const image = "serf-e2e-second";
const port = 18080;

describe.skipIf(obstacleToHosts() !== undefined)("a second engine", () => {
  let engine: SecondEngine;
  let agents: Agents;

  beforeAll(async () => {
    await (await SecondHost.start()).stop();
    expect(await tracesOf(network)).toEqual([]);
    agents = new Agents(image, "172.31.239");
    engine = await SecondEngine.start();
  });

  afterEach(() => {
    vi.unstubAllEnvs();
  });

  afterAll(async () => {
    await engine.stop();
    await agents.end();
  });

  test.each(["ssh", "tls"] as const)(
    "the engine answers by %s, and is another one",
    async (name) => {
      const way = engine[name];
      expect(await dockerBy(way, ["version", "--format", "{{.Server.Version}}"])).toMatch(/^\d+\./);
      const info = ["info", "--format", "{{.ID}} {{.Name}}"];
      const [id, named] = (await dockerBy(way, info)).trim().split(" ");
      expect(named).toBe(hostName);
      expect(id).not.toBe((await docker(info)).split(" ")[0]);
      expect(`${id!} ${named!}\n`).toBe(await engine.docker(info));
    },
  );

  test("a client without a certificate is refused", async () => {
    const target = ["-connect", `${address}:2376`, "-CAfile", join(engine.tls.certPath, "ca.pem")];
    const request = run("openssl", ["s_client", "-verify_return_error", ...target]);
    // TLS says "bad certificate", and in version 1.3 "certificate required".
    await expect(request).rejects.toThrow(/SSL alert number (42|116)/);
  });

  test("a host key other than the engine's is refused", async () => {
    const options = ["-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no"];
    const files = ["-F", "none", "-o", "UserKnownHostsFile=/dev/null"];
    const login = run("ssh", [...files, ...options, `root@${address}`, "true"]);
    await expect(login).rejects.toThrow(/Permission denied/);
  });

  test("the project's own setup and build work with it, since it reaches the same network as this machine", async () => {
    vi.stubEnv("DOCKER_HOST", engine.tls.host);
    for (const [name, value] of Object.entries(engine.tls.env)) vi.stubEnv(name, value);
    await agents.build({});
    const found = ["image", "ls", "--quiet", image];
    expect(await engine.docker(found)).not.toBe("");
    vi.unstubAllEnvs();
    expect(await docker(found)).toBe("");
  });

  test("its containers cannot mount this machine's temporary folders", async () => {
    const folder = mkdtempSync(join(tmpdir(), "serf-e2e-second-"));
    try {
      const mount = ["--mount", `type=bind,source=${folder},target=/mnt`];
      const show = engine.docker(["run", "--rm", ...mount, "--entrypoint", "ls", image, "/mnt"]);
      await expect(show).rejects.toThrow("bind source path does not exist");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("a port that it publishes on loopback is on the host's loopback, and nowhere else", async () => {
    const busybox = ["--entrypoint", "busybox", image];
    const serve = [...busybox, "httpd", "-f", "-p", "8080", "-h", "/etc/serf/handlers"];
    const ask = [...busybox, "wget", "-q", "-O-", `http://127.0.0.1:${port}/load`];
    const publish = ["--publish", `127.0.0.1:${port}:8080`];
    await dockerBy(engine.ssh, ["run", "--detach", ...publish, ...serve], 60_000);
    const handler = readFileSync(
      resolve(import.meta.dirname, "../../../../docker/handlers/load"),
      "utf8",
    );
    await vi.waitFor(
      async () =>
        expect(await engine.docker(["run", "--rm", "--network", "host", ...ask])).toBe(handler),
      {
        timeout: 10_000,
      },
    );
    expect(await refusal("127.0.0.1", port)).toBe("ECONNREFUSED");
    expect(await refusal(address, port)).toBe("ECONNREFUSED");
  });

  test("only one can exist at a time", async () => {
    await expect(SecondEngine.start()).rejects.toThrow(
      `The process ${process.pid} has the site serf-second; only one can exist at a time.`,
    );
  });

  test("stopped, it leaves nothing", async () => {
    const namespace = (await engine.run("readlink", ["/proc/self/ns/pid"])).trim();
    // The first process, the engine, its containerd, the SSH server, a container with its shim.
    expect(processesIn(namespace).length).toBeGreaterThanOrEqual(6);
    expect(await tracesOf(network)).not.toEqual([]);
    await engine.stop();
    expect(processesIn(namespace)).toEqual([]);
    expect(processesNaming(`${hostFolder}/`)).toEqual([]);
    expect(await tracesOf(network)).toEqual([]);
    await engine.stop();
  });

  test("when its parent process is killed, its processes end, and the next start removes the rest", async () => {
    const module = resolve(import.meta.dirname, "secondHost.ts");
    const program = `
      const { SecondHost } = await import(${JSON.stringify(module)});
      const host = await SecondHost.start();
      host.spawn("sleep", ["1234567"], "/dev/null");
      await host.run("true", []);
      process.kill(process.pid, "SIGKILL");`;
    const maker = run(process.execPath, ["--input-type=module", "--eval", program]);
    await expect(maker).rejects.toThrow();
    await vi.waitFor(() => expect(processesNaming("1234567")).toEqual([]), { timeout: 5_000 });
    expect(await tracesOf(network)).not.toEqual([]);
    await (await SecondHost.start()).stop();
    expect(await tracesOf(network)).toEqual([]);
  });

  test("a start that fails halfway says why, and leaves nothing", async () => {
    const route = ["blackhole", `${address}/32`];
    await run("ip", ["route", "add", ...route]);
    try {
      await expect(SecondEngine.start()).rejects.toThrow(
        `serf-second needs the subnet 10.213.77.0/24, but there is a route to ${address}/32.`,
      );
    } finally {
      await run("ip", ["route", "delete", ...route]);
    }
    expect(await tracesOf(network)).toEqual([]);
  });
});

/** Why a connection is refused; undefined when it succeeds. */
async function refusal(host: string, port: number): Promise<unknown> {
  const socket = connect({ host, port });
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(5_000) });
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  } finally {
    socket.destroy();
  }
}
