import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { labelList, specLabel } from "../../lib/cluster/labels.ts";
import {
  describeTask,
  groupFile,
  type TaskFile,
  type TaskSettings,
} from "../../lib/swarm/description.ts";
import type { DeclaredService } from "../../lib/inputs/swarmFormation.ts";
import type { PlannedService } from "../../lib/swarm/plan.ts";
import { groupConfig } from "../../lib/agents/config.ts";
import { hashOf } from "../../lib/containers/description.ts";
import { taskKeyringPath } from "../../lib/swarm/description.ts";

export interface AgentServiceArgs {
  readonly service: PlannedService;
  readonly tasks: TaskSettings;
  /** The image in the registry, by its digest. */
  readonly image: pulumi.Input<string>;
  /** The ID of the cluster's network. */
  readonly network: pulumi.Input<string>;
  /** The files with the gossip key and the RPC token. */
  readonly secrets: readonly SecretFile[];
  /** The credentials for the registry, which Swarm passes to the nodes. Default: none are needed. */
  readonly auth: docker.types.input.ServiceAuth | undefined;
}

/** A secret of the Swarm, and where a task's container has it. */
export interface SecretFile extends TaskFile {
  readonly secret: docker.Secret;
}

/** A service whose tasks are members of the cluster: the seed, the hosts' agents or a group of joiners. */
export class AgentService extends pulumi.ComponentResource {
  /** The name on the engine. */
  readonly serviceName: string;
  /** What the gates wait for. */
  readonly declared: pulumi.Output<DeclaredService>;
  /** Changes whenever Swarm has to start or replace tasks. */
  readonly incarnation: pulumi.Output<string>;

  constructor(name: string, args: AgentServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    const { service, tasks, secrets } = args;
    super("serf:swarm:AgentService", name, { service }, opts);

    // Without a name of its own, so that the new one is created before the service gives up the old one.
    const config = new docker.ServiceConfig(
      name,
      {
        data: Buffer.from(
          groupConfig(service.conduct, undefined, { keyringPath: taskKeyringPath }),
        ).toString("base64"),
        labels: labelList(tasks.labels),
      },
      { parent: this },
    );
    const task = describeTask(service, tasks);
    const spec = pulumi
      .all([args.image, config.id, ...secrets.map(({ secret }) => secret.id)])
      .apply((read) => hashOf({ read, task }));
    const resource = new docker.Service(
      name,
      {
        name: service.name,
        labels: [...labelList(tasks.labels), { label: specLabel, value: spec }],
        ...(args.auth && { auth: args.auth }),
        mode:
          service.replicas === undefined
            ? { global: true }
            : { replicated: { replicas: service.replicas } },
        taskSpec: {
          containerSpec: {
            image: args.image,
            commands: task.command,
            args: task.arguments,
            env: task.environment,
            labels: labelList(task.labels),
            readOnly: task.isRootReadOnly,
            capDrops: task.droppedCapabilities,
            stopGracePeriod: task.stopGrace,
            healthcheck: task.healthcheck,
            mounts: [
              {
                ...{ type: "tmpfs", target: task.folder.path, readOnly: false, source: "" },
                tmpfsOptions: { mode: task.folder.mode, sizeBytes: task.folder.bytes },
              },
            ],
            configs: [{ configId: config.id, configName: config.name, ...groupFile(service) }],
            secrets: secrets.map(({ secret, ...file }) => ({
              ...{ secretId: secret.id, secretName: secret.name },
              ...file,
            })),
          },
          resources: { limits: { memoryBytes: task.memoryBytes, nanoCpus: task.nanoCpus } },
          restartPolicy: { condition: "any", delay: "1s", window: "0s" },
          networksAdvanceds: [{ id: args.network }],
          logDriver: task.logDriver,
          placement: { constraints: task.constraints },
        },
        updateConfig: task.update,
        rollbackConfig: task.rollback,
        // Names resolve to the tasks' own addresses, which is what agents join.
        endpointSpec: { mode: "dnsrr" },
      },
      {
        parent: this,
        // Swarm adds the platforms of the image, and `docker service update --force` counts.
        ignoreChanges: ["taskSpec.placement.platforms", "taskSpec.forceUpdate"],
      },
    );

    this.serviceName = service.name;
    const { name: serviceName, group, replicas } = service;
    const { tags } = service.conduct;
    this.declared = spec.apply((spec) => ({ name: serviceName, group, replicas, tags, spec }));
    this.incarnation = pulumi.jsonStringify([resource.id, spec, replicas ?? "global"]);
    this.registerOutputs({ serviceName: this.serviceName });
  }
}
