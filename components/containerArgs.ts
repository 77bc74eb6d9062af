import { local } from "@pulumi/command";
import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import {
  agentCommand,
  agentEnvironment,
  agentMounts,
  type AgentContainer,
  containerSpec,
  cpuPeriod,
  cpuQuota,
  logSize,
  processLimit,
  securityOptions,
  restartPolicy,
  stopGrace,
  writableFolders,
} from "./agentContainer.ts";
import { agentLabels, type AgentRole, labelList, type Labels } from "./labels.ts";
import { programCommand } from "./programCommand.ts";

/** What an agent's container is declared from. */
export interface ContainerPlan extends Omit<AgentContainer, "image"> {
  readonly image: pulumi.Input<string>;
  readonly labels: Labels;
  readonly role: AgentRole;
  /** A new one asks for a new container; see `standing.ts`. */
  readonly generation: string;
}

/** The hash of what a container is to be made from, known before it is made. */
export function specOf(plan: ContainerPlan): pulumi.Output<string> {
  return pulumi.output(plan.image).apply((image) => containerSpec({ ...plan, image }));
}

/** What the resource of every agent's container has alike. */
export function containerArgs(plan: ContainerPlan): docker.ContainerArgs {
  return {
    name: plan.name,
    image: plan.image,
    command: agentCommand(plan),
    envs: agentEnvironment(plan),
    volumes: agentMounts(plan.volumes).map(({ volume, path, isReadOnly }) => ({
      volumeName: volume,
      containerPath: path,
      readOnly: isReadOnly,
    })),
    labels: specOf(plan).apply((spec) => labelList(agentLabels(plan.labels, { ...plan, spec }))),
    readOnly: true,
    tmpfs: { ...writableFolders },
    capabilities: { drops: ["ALL"] },
    securityOpts: [...securityOptions],
    memory: plan.limits.memory,
    memorySwap: plan.limits.memory,
    // Not `cpus`, of which the provider reads back another text than it was given.
    cpuPeriod,
    cpuQuota: cpuQuota(plan.limits),
    logDriver: "json-file",
    logOpts: { ...logSize },
    restart: restartPolicy,
    stopTimeout: stopGrace,
    destroyGraceSeconds: stopGrace,
  };
}

/**
 * Limits the processes of a container, which the provider cannot.
 *
 * @param container the engine's ID of it.
 */
export function limitProcesses(
  name: string,
  container: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): void {
  new local.Command(
    `${name}-processes`,
    {
      create: programCommand("processLimit"),
      stdin: pulumi.jsonStringify({ container, limit: processLimit }),
      addPreviousOutputInEnv: false,
      logging: "stderr",
    },
    opts,
  );
}
