/** A Docker engine that simulates a remote one: it is reached over SSH, and over TCP with TLS. */
import { existsSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "../../../../lib/host/run.ts";
import { installPackages, obstacleToPackages } from "../../../../setup/tools/debian.ts";
import { makeCertificates, makeSshKeys } from "./credentials.ts";
import { startService } from "../../support/hosts/service.ts";
import { address, hostFolder, hostName, SecondHost } from "./secondHost.ts";

/** A way to the engine. */
export interface Way {
  /** For `DOCKER_HOST` or `docker --host`. */
  readonly host: string;
  /** Further environment variables for the docker client, and for programs that connect in the same way. */
  readonly env: Readonly<Record<string, string>>;
}

const server = "/usr/sbin/sshd";
const ssh = join(hostFolder, "ssh");
const tls = join(hostFolder, "tls");

/**
 * A separate engine on a {@link SecondHost}, with its own containers, images and networks. Needs root. Installs
 * an SSH server on Debian and Ubuntu if there is none.
 */
export class SecondEngine {
  /** Logs in as root, with a key that only the `ssh` on this environment's `PATH` uses. */
  readonly ssh: Way & { readonly home: string };
  /** The engine requires a client certificate. */
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
   * @throws Error with the reason when that is not possible on this machine.
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

  /** Removes the engine and its host with everything on them. May be called again. */
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
      // Not systemd, which might manage the outer host's groups: these are removed with the second host.
      "exec-opts": ["native.cgroupdriver=cgroupfs"],
      "cgroup-parent": `/${this.#host.host.cgroup}`,
    };
    writeFileSync(file, JSON.stringify(config));
    // Some versions of the engine derive their ID from a file there.
    const identity = "/etc/docker";
    if (existsSync(identity)) await this.#host.run("mount", ["-t", "tmpfs", hostName, identity]);
    await this.#start("dockerd", ["--config-file", file], this.tls);
  }

  async #startServer(): Promise<void> {
    await this.#host.run("mkdir", ["/run/sshd"]);
    await this.#start(server, ["-D", "-e", "-f", join(ssh, "sshd_config")], this.ssh);
  }

  async #start(program: string, args: readonly string[], way: Way): Promise<void> {
    await startService(this.#host.host, {
      command: [program, ...args],
      log: join(hostFolder, `${program.replace(/.*\//, "")}.log`),
      answers: () => dockerBy(way, ["version"], 15_000),
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

/** Debian starts an SSH server when it installs it, on all addresses of this machine. */
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
