import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import {
  type AgentStart,
  configFile,
  configFolder,
  groupConfig,
  keyringPath,
  tokenPath,
} from "../../../lib/agents/config.ts";
import { keyringFile } from "../../../lib/agents/keyring.ts";
import { defaultSerfVersion, serfChecksums } from "../../../lib/cluster/serfVersions.ts";
import { describeContainer } from "../../../lib/containers/description.ts";
import { docker } from "../../../lib/host/run.ts";
import { toolchain } from "../../../setup/toolchain.ts";

/** The command of a container whose agent reads a group's configuration. */
export function agentCommand(agent: AgentStart & { readonly group: string }): string[] {
  const place = { image: "", network: "", volumes: { config: "", data: "" } };
  return describeContainer({ ...agent, ...place, limits: { memory: 0, cpus: 0 } }).command;
}

/** Containers of the project's image on a separate network, without Pulumi. */
export class Agents {
  readonly #name: string;
  readonly #subnet: string;
  readonly #dir: string;
  readonly #key = randomBytes(32).toString("base64");

  /**
   * @param name the name of the image and the network, and the prefix of the containers' names.
   * @param subnet the first three bytes of a /24, for example `172.31.5`.
   */
  constructor(name: string, subnet: string) {
    this.#name = name;
    this.#subnet = subnet;
    this.#dir = mkdtempSync(join(tmpdir(), `${name}-`));
  }

  /** @param handlers additional scripts for the image, by name. */
  async build(handlers: Readonly<Record<string, string>>): Promise<void> {
    await this.remove();
    const context = join(this.#dir, "docker");
    cpSync(resolve(import.meta.dirname, "../../../docker"), context, { recursive: true });
    for (const [name, script] of Object.entries(handlers)) {
      writeFileSync(join(context, "handlers", name), `#!/bin/sh\n${script}\n`);
      // Not readable by others, as in a clone made with a strict umask.
      chmodSync(join(context, "handlers", name), 0o700);
    }
    const { env } = await toolchain();
    const args = {
      SERF_VERSION: defaultSerfVersion,
      SERF_SUM: serfChecksums[defaultSerfVersion],
      BUILDER_IMAGE: env["SERF_BUILDER_IMAGE"],
      RUNTIME_IMAGE: env["SERF_RUNTIME_IMAGE"],
    };
    const buildArgs = Object.entries(args).flatMap(([key, value]) =>
      value === undefined ? [] : ["--build-arg", `${key}=${value}`],
    );
    await docker(["build", "--quiet", "--tag", this.#name, ...buildArgs, context], 240_000);
    await docker(["network", "create", "--subnet", `${this.#subnet}.0/24`, this.#name]);
  }

  /**
   * Starts a container with an agent that joins the one at .2.
   *
   * @param member the member's name.
   * @param host the last byte of its address.
   */
  async start(
    member: string,
    host: number,
    eventHandlers: readonly string[],
    tags: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const container = `${this.#name}-${member}`;
    const address = `${this.#subnet}.${host}`;
    const file = join(this.#dir, configFile(member));
    const conduct = { tags, eventHandlers, join: [`${this.#subnet}.2`] };
    writeFileSync(file, groupConfig(conduct, "token"));
    chmodSync(file, 0o444);
    const where = ["--name", container, "--network", this.#name, "--ip", address];
    const command = agentCommand({ name: member, address, group: member });
    await docker(["create", ...where, "--memory", "256m", this.#name, ...command]);
    await docker(["cp", file, `${container}:${configFolder}/${configFile(member)}`]);
    const keyring = join(this.#dir, "keyring");
    writeFileSync(keyring, keyringFile([this.#key]));
    const token = join(this.#dir, "token");
    writeFileSync(token, "token");
    for (const [from, to] of [
      [keyring, keyringPath],
      [token, tokenPath],
    ] as const) {
      chmodSync(from, 0o444);
      await docker(["cp", from, `${container}:${to}`]);
    }
    await docker(["start", container]);
    return container;
  }

  /** Runs a program in a container of the image without an agent. */
  async runAlone(entrypoint: string, args: readonly string[], mounts: readonly string[] = []) {
    const volumes = mounts.flatMap((mount) => ["--volume", mount]);
    return await docker([
      "run",
      "--rm",
      ...volumes,
      "--entrypoint",
      entrypoint,
      this.#name,
      ...args,
    ]);
  }

  async remove(): Promise<void> {
    const named = ["--filter", `name=^/${this.#name}-`, "--format", "{{.Names}}"];
    const containers = (await docker(["ps", "--all", ...named])).split("\n").filter(Boolean);
    if (containers.length > 0) await docker(["rm", "--force", ...containers], 60_000);
    const networks = await docker(["network", "ls", "--quiet", "--filter", `name=^${this.#name}$`]);
    if (networks !== "") await docker(["network", "rm", this.#name]);
    const images = await docker(["image", "ls", "--quiet", this.#name]);
    if (images !== "") await docker(["image", "rm", this.#name]);
  }

  /** Removes everything that the tests created, also on this machine. */
  async end(): Promise<void> {
    await this.remove();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

/** A container's complete log, from both streams. */
export async function logsOf(container: string): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)("docker", ["logs", container]);
  return stdout + stderr;
}

/** The answers to a query within 5 seconds, by member. */
export async function answers(
  container: string,
  query: string,
  payload: string[] = [],
): Promise<Record<string, string>> {
  const ask = ["serf", "query", "-format=json", "-timeout=5s", query, ...payload];
  const { Responses } = JSON.parse(await docker(["exec", container, ...ask], 20_000)) as {
    Responses: Record<string, string> | null;
  };
  return Responses ?? {};
}
