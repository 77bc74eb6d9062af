import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { groupConfig, keyringPath, rpcConfig, tokenPath } from "../../../lib/agents/config.ts";
import { labelsOf } from "../../../lib/cluster/labels.ts";
import { keyringFile } from "../../../lib/agents/keyring.ts";
import {
  describeTask,
  groupFile,
  rpcConfigFile,
  taskFile,
  type TaskFile,
  taskKeyringPath,
} from "../../../lib/swarm/description.ts";
import type { PlannedService } from "../../../lib/swarm/plan.ts";
import { eventually } from "../support/hosts/eventually.ts";
import type { SwarmBed } from "./bed/swarmBed.ts";
import { bedFolder } from "./bed/plan.ts";

const stack = "peer";
const subnet = "10.216.0.0/22";

/** What `docker stack deploy` is to run. */
export interface Deployed {
  readonly joiners: number;
  /** By its digest. */
  readonly image: string;
}

/**
 * Deploys the same services as a stack of this project with `docker stack deploy`, and returns the seconds until all
 * members are alive.
 */
export async function deployStack(bed: SwarmBed, deployed: Deployed): Promise<number> {
  const folder = join(bedFolder, stack);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "stack.json");
  writeFileSync(file, JSON.stringify(stackFile(folder, deployed)));
  const started = Date.now();
  await bed.manager.docker(["stack", "deploy", "--compose-file", file, stack], 120_000);
  const wanted = 1 + bed.engines.length + deployed.joiners;
  await eventually(`A cluster of ${wanted}`, 300_000, async () => {
    const filter = ["--filter", `label=com.docker.swarm.service.name=${stack}_host`];
    const id = (await bed.manager.docker(["ps", "--quiet", ...filter])).trim();
    if (id === "") return undefined;
    const command = ["exec", id, "serf", "members", "-status=alive"];
    const alive = await bed.manager.docker(command).catch(() => "");
    return alive.trim().split("\n").length === wanted || undefined;
  });
  return (Date.now() - started) / 1000;
}

/** Removes it, and returns when no node has a container of it any more. */
export async function removeStack(bed: SwarmBed): Promise<void> {
  await bed.manager.docker(["stack", "rm", stack], 120_000);
  const filter = ["--filter", `label=com.docker.stack.namespace=${stack}`];
  await eventually("The end of the stack", 120_000, async () => {
    const found = await Promise.all(
      bed.engines.map((one) => one.docker(["ps", "--all", "--quiet", ...filter])),
    );
    return found.join("") === "" || undefined;
  });
}

/** A file in the Compose format, which may be JSON. */
function stackFile(folder: string, { joiners, image }: Deployed) {
  const definition = (name: string, content: string) => {
    const file = join(folder, name);
    writeFileSync(file, content);
    return { file };
  };
  const use = (
    source: string,
    { fileName: target, fileUid: uid, fileGid: gid, fileMode: mode }: TaskFile,
  ) => ({
    ...{ source, target, uid, gid, mode },
  });
  const joinNames = ["tasks.seed", "tasks.host"];
  const service = (
    group: "seed" | "host" | "joiner",
    replicas: number | undefined,
  ): PlannedService => ({
    ...{ name: group, group, role: group, replicas, on: {}, image: {} as PlannedService["image"] },
    conduct: { tags: { role: group }, join: joinNames },
  });
  const planned = [service("seed", 1), service("host", undefined), service("joiner", joiners)];
  const limits = { memory: 128, cpus: 1 };
  const settings = {
    labels: labelsOf("serf", stack),
    subnet,
    limits,
    profile: "lan",
    maxUnavailable: undefined,
  } as const;
  const services = planned.map((one) => {
    const task = describeTask(one, settings);
    return [
      one.group,
      {
        image,
        entrypoint: task.command,
        command: task.arguments,
        environment: task.environment,
        read_only: true,
        cap_drop: task.droppedCapabilities,
        stop_grace_period: task.stopGrace,
        networks: { cluster: { aliases: [one.group] } },
        volumes: [{ type: "tmpfs", target: task.folder.path, tmpfs: { size: task.folder.bytes } }],
        configs: [use(one.group, groupFile(one))],
        secrets: [
          use("keyring", taskFile(basename(keyringPath))),
          use("rpc-config", taskFile(rpcConfigFile)),
          use("rpc-token", taskFile(basename(tokenPath))),
        ],
        logging: { driver: task.logDriver.name, options: task.logDriver.options },
        deploy: {
          endpoint_mode: "dnsrr",
          ...(one.replicas === undefined ? { mode: "global" } : { replicas: one.replicas }),
          resources: { limits: { memory: `${limits.memory}M`, cpus: String(limits.cpus) } },
          restart_policy: { condition: "any", delay: "1s" },
        },
      },
    ];
  });
  const contents = {
    keyring: keyringFile([randomBytes(32).toString("base64")]),
    "rpc-config": rpcConfig(stack),
    "rpc-token": stack,
  };
  return {
    version: "3.8",
    services: Object.fromEntries(services) as unknown,
    networks: {
      cluster: { driver: "overlay", attachable: true, ipam: { config: [{ subnet }] } },
    },
    configs: Object.fromEntries(
      planned.map((one) => [
        one.group,
        definition(
          one.group,
          groupConfig(one.conduct, undefined, { keyringPath: taskKeyringPath }),
        ),
      ]),
    ),
    secrets: Object.fromEntries(
      Object.entries(contents).map(([name, content]) => [name, definition(name, content)]),
    ),
  };
}
