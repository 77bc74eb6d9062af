import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { configFolder, dataFolder, type Profile } from "../../lib/agents/config.ts";
import { type ContainerDescription, ownTmpfs } from "../../lib/containers/description.ts";
import { agents, configFiles, describeAgent } from "../support/agents.ts";
import { runChild } from "../support/child.ts";
import type { Contender } from "../support/contender.ts";
import { benchLabel, gossipPort, prefix, subnet } from "../support/place.ts";

const name = () => `${prefix}-tf`;

/**
 * Terraform with the Docker provider that Pulumi's is based on: the same containers as ours.
 *
 * @param provider the folder of the built provider.
 * @param folder the folder for its files.
 * @param profile the agents' profile.
 */
export function terraform(provider: string, folder: string, profile: Profile): Contender {
  const work = join(folder, "stack");
  const cliConfig = join(folder, "cli.tfrc");
  const env = { ...process.env, TF_CLI_CONFIG_FILE: cliConfig, CHECKPOINT_DISABLE: "1" };
  const call = (...args: string[]) => runChild(["terraform", ...args], { cwd: work, env });
  const apply = () => call("apply", "-auto-approve", "-input=false", "-no-color");
  const isUnchanged = (output: string) => output.includes("0 added, 0 changed, 0 destroyed");
  return {
    name: "terraform",
    get seed() {
      return `${name()}-seed`;
    },
    label: `${benchLabel}=1`,
    more: 0,
    awaitsFormation: false,
    prepare: async (joiners) => {
      await rm(work, { recursive: true, force: true });
      await mkdir(work, { recursive: true });
      // With the override Terraform needs no `init`, which would contact a registry.
      await writeFile(cliConfig, overrides(provider));
      await mkdir(join(work, "config"));
      for (const [file, content] of configFiles()) {
        await writeFile(join(work, "config", file), content, { mode: 0o644 });
      }
      const stack = stackOf(joiners, join(work, "config"), profile);
      await writeFile(join(work, "main.tf.json"), JSON.stringify(stack, undefined, 2));
    },
    up: async () => (await apply()).cpu,
    plan: async () => {
      // The exit code is 0 for no changes, and 2 for changes, which runChild treats as a failure.
      await call("plan", "-detailed-exitcode", "-input=false", "-no-color");
    },
    apply: async () => {
      const { output } = await apply();
      if (!isUnchanged(output)) throw new Error(`terraform apply changed something:\n${output}`);
    },
    destroy: async () => {
      await call("destroy", "-auto-approve", "-input=false", "-no-color");
    },
    state: async () => (await stat(join(work, "terraform.tfstate"))).size,
  };
}

function overrides(provider: string): string {
  const folder = JSON.stringify(provider);
  return `provider_installation {\n  dev_overrides { "kreuzwerker/docker" = ${folder} }\n  direct {}\n}\n`;
}

/**
 * The configuration in Terraform's JSON syntax.
 *
 * @param configs the folder with the agents' configurations.
 */
export function stackOf(joiners: number, configs: string, profile: Profile): unknown {
  const labels = [{ label: benchLabel, value: "1" }];
  const [seed] = agents(name(), 0, profile);
  const container = (member: string, address: string, group: string) => {
    const described = describeAgent({ name: member, address, group, profile });
    return { name: member, ...withLimits(described), ...inPlace(address) };
  };
  const inPlace = (address: string) => ({
    // If unset, the provider reads back another value, and every plan replaces the container.
    network_mode: "bridge",
    networks_advanced: [{ name: "${docker_network.cluster.name}", ipv4_address: address }],
    volumes: [{ host_path: configs, container_path: configFolder, read_only: true }],
    labels,
  });
  const published = (protocol: string) => ({
    internal: 7946,
    external: gossipPort,
    ip: "127.0.0.1",
    protocol,
  });
  // The seed has the second address of the subnet, the first joiner the third.
  const address = `\${cidrhost("${subnet.cidr}", count.index + 3)}`;
  const joiner = `${name()}-joiner-\${count.index + 1}`;
  return {
    terraform: { required_providers: { docker: { source: "kreuzwerker/docker" } } },
    resource: {
      docker_network: {
        cluster: {
          name: name(),
          driver: "bridge",
          ipam_config: [
            { subnet: subnet.cidr, gateway: subnet.gateway, ip_range: subnet.dynamicRange },
          ],
          labels,
        },
      },
      docker_container: {
        seed: {
          ...container(seed!.name, seed!.address, "seed"),
          ports: [published("tcp"), published("udp")],
        },
        joiner: {
          count: joiners,
          ...container(joiner, address, "joiner"),
          depends_on: ["docker_container.seed"],
        },
      },
    },
  };
}

/** What a container runs, and its limits. The provider cannot limit the number of processes. */
function withLimits(described: ContainerDescription) {
  return {
    image: described.image,
    command: described.command,
    read_only: described.isRootReadOnly,
    tmpfs: { ...described.tmpfs, [dataFolder]: ownTmpfs },
    capabilities: [{ drop: described.droppedCapabilities }],
    security_opts: described.securityOptions,
    memory: described.memory,
    memory_swap: described.memoryWithSwap,
    cpu_period: described.cpuPeriod,
    cpu_quota: described.cpuQuota,
    log_driver: described.logDriver,
    log_opts: described.logOptions,
    restart: described.restartPolicy,
    stop_timeout: described.stopGrace,
    destroy_grace_seconds: described.stopGrace,
  };
}
