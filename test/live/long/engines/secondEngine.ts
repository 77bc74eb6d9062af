/** A Docker engine that stands for a remote one: reached over SSH, and over TCP with TLS. */
import type { ChildProcess } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pause, run } from "../../../../lib/host/run.ts";
import { installPackages, obstacleToPackages } from "../../../../setup/tools/debian.ts";
import { makeCertificates, makeSshKeys } from "./credentials.ts";
import { hostFolder, hostName, logOf, SecondHost } from "./secondHost.ts";
import { address } from "./secondLink.ts";

/** A way to the engine. */
export interface Way {
  /** For `DOCKER_HOST` or `docker --host`. */
  readonly host: string;
  /** What the docker client, and whatever uses its way to connect, needs beside in its environment. */
  readonly env: Readonly<Record<string, string>>;
}

const server = "/usr/sbin/sshd";
const ssh = join(hostFolder, "ssh");
const tls = join(hostFolder, "tls");

/**
 * An engine of its own on a {@link SecondHost}, with containers, images and networks of its own. It
 * takes root, and on Debian and Ubuntu installs an SSH server if there is none.
 */
export class SecondEngine {
  /** The host's root logs in with a key that only `ssh` of this environment's `PATH` knows. */
  readonly ssh: Way & { readonly home: string };
  /** The engine demands a certificate of its clients. */
  readonly tls: Way & { readonly certPath: string };
  readonly #host: SecondHost;

  private constructor(host: SecondHost) {
    this.#host = host;
    const path = [join(ssh, "bin"), process.env["PATH"]].join(delimiter);
    this.ssh = { host: `ssh://root@${address}:22`, home: ssh, env: { PATH: path } };
    const certPath = join(tls, "client");
    const env = { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: certPath };
    this.tls = { host: `tcp://${address}:2376`, certPath, env };
  }

  /**
   * Starts the engine and its SSH server, and returns when both answer.
   *
   * @throws Error when that cannot be done here, with the reason.
   */
  static async start(): Promise<SecondEngine> {
    const engine = new SecondEngine(await SecondHost.start());
    try {
      await provideServer();
      await makeCertificates(tls, address);
      await makeSshKeys(ssh, address);
      await engine.#startEngine();
      await engine.#startServer();
    } catch (error) {
      await engine.stop();
      throw error;
    }
    return engine;
  }

  /**
   * Runs the docker client with this engine, over TLS.
   *
   * @param timeout milliseconds. Default: 10,000.
   */
  async docker(args: readonly string[], timeout?: number): Promise<string> {
    return await dockerBy(this.tls, args, timeout);
  }

  /** Runs a program on the engine's host. */
  async run(file: string, args: readonly string[]): Promise<string> {
    return await this.#host.run(file, args);
  }

  /** Removes the engine and its host with all that is on them. May be called again. */
  async stop(): Promise<void> {
    await this.#host.stop();
  }

  async #startEngine(): Promise<void> {
    const file = join(hostFolder, "daemon.json");
    const certificate = (name: string) => join(tls, "server", `${name}.pem`);
    const config = {
      hosts: ["unix:///var/run/docker.sock", this.tls.host],
      tlsverify: true,
      tlscacert: certificate("ca"),
      tlscert: certificate("cert"),
      tlskey: certificate("key"),
      "data-root": join(hostFolder, "docker"),
      // Not of systemd's making, whoever else is: they are removed with the host.
      "exec-opts": ["native.cgroupdriver=cgroupfs"],
      "cgroup-parent": `/${hostName}`,
    };
    writeFileSync(file, JSON.stringify(config));
    // Some versions of the engine keep there what they take their ID from.
    const identity = "/etc/docker";
    if (existsSync(identity)) await this.#host.run("mount", ["-t", "tmpfs", hostName, identity]);
    await this.#start("dockerd", ["--config-file", file], this.tls);
  }

  async #startServer(): Promise<void> {
    await this.#host.run("mkdir", ["/run/sshd"]);
    await this.#start(server, ["-D", "-e", "-f", join(ssh, "sshd_config")], this.ssh);
  }

  async #start(program: string, args: readonly string[], way: Way): Promise<void> {
    const log = `${program.replace(/.*\//, "")}.log`;
    const child = this.#host.spawn(program, args, join(hostFolder, log));
    await answering(way, child).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}\n${log} ends with:\n${logOf(log)}`);
    });
  }
}

/**
 * Runs the docker client with an engine.
 *
 * @param timeout milliseconds. Default: 10,000.
 */
export function dockerBy(way: Way, args: readonly string[], timeout?: number): Promise<string> {
  const env = { ...process.env, ...way.env };
  return run("docker", ["--host", way.host, ...args], { env, timeout });
}

async function answering(way: Way, program: ChildProcess): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      await dockerBy(way, ["version"], 5_000);
      return;
    } catch (error) {
      if (program.exitCode !== null || Date.now() > deadline) throw error;
      await pause(50);
    }
  }
}

/** Debian starts a server that it installs, on all of this machine's addresses. */
async function provideServer(): Promise<void> {
  if (existsSync(server)) return;
  const obstacle = obstacleToPackages();
  if (obstacle) throw new Error(`There is no ${server}, and installing it ${obstacle}.`);
  await installPackages("an SSH server", "openssh-server");
  const quietly = (file: string, ...args: string[]) =>
    run(file, args, { timeout: 30_000 }).catch(() => undefined);
  if (existsSync("/run/systemd/system")) {
    await quietly("systemctl", "disable", "--now", "ssh.socket", "ssh.service");
  } else {
    await quietly("service", "ssh", "stop");
  }
}
