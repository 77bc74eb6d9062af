import { local } from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { View } from "../programs/views.ts";
import type { Profile } from "./agentConfig.ts";
import type { ContainerLimits, VolumeNames } from "./agentContainer.ts";
import { containerArgs, type ContainerPlan, limitProcesses, specOf } from "./containerArgs.ts";
import type { Labels } from "./labels.ts";
import { programCommand } from "./programCommand.ts";
import type { Rolling } from "./rollout.ts";
import { awaitTurn } from "./turn.ts";

export interface HostContainerArgs {
  /** The container's and the member's name. */
  readonly name: string;
  /** The bridge's gateway, where the other members reach the engine's host. */
  readonly address: string;
  /** The port that it gossips on. */
  readonly port: number;
  /** The image's name with the tag. */
  readonly image: pulumi.Input<string>;
  /** Must hold the agent's configuration by the time the container is made. */
  readonly volumes: VolumeNames;
  /** The port on the loopback of the engine's host where the agent answers RPC. */
  readonly rpcPort: number;
  readonly limits: ContainerLimits;
  readonly profile: Profile;
  readonly labels: Labels;
  /** Where an agent that ran as a process keeps its files, which has to end first. */
  readonly formerDir: string;
  /** A new one asks for a new container; see `standing.ts`. */
  readonly generation: string;
  /** How members are replaced while the cluster goes on. Default: all at once. */
  readonly rolling?: Rolling | undefined;
}

/**
 * The agent of the engine's host in a container on that host's own network: the way for an engine that
 * is elsewhere, or in a virtual machine, where no process can be started from here.
 */
export class HostContainer extends pulumi.ComponentResource {
  readonly memberName: string;
  readonly address: string;
  /** Changes with each container. */
  readonly generation: pulumi.Output<string>;
  /** The side from which this agent sees the cluster. */
  readonly view: View;

  constructor(name: string, args: HostContainerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("serf:cluster:HostContainer", name, args, opts);

    const plan: ContainerPlan = { ...args, network: "host", role: "host", group: "host" };
    const { rolling, name: member, generation } = args;
    const cause = specOf(plan).apply((spec) => [spec, generation]);
    const turn = awaitTurn(name, { rolling, member, cause }, { parent: this });
    const former = new local.Command(
      `${name}-former`,
      {
        create: programCommand("hostAgent", "stop"),
        stdin: JSON.stringify({ dir: args.formerDir }),
        addPreviousOutputInEnv: false,
        logging: "stderr",
      },
      { parent: this, dependsOn: turn },
    );
    const container = new docker.Container(
      name,
      { ...containerArgs(plan), networkMode: "host" },
      { parent: this, deleteBeforeReplace: true, dependsOn: [former, ...turn] },
    );
    limitProcesses(name, container.id, { parent: this });

    this.memberName = args.name;
    this.address = args.address;
    this.generation = container.id;
    this.view = { kind: "container", name: args.name };
    this.registerOutputs({ memberName: this.memberName, address: this.address });
  }
}
