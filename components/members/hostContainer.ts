import * as pulumi from "@pulumi/pulumi";
import type { AgentContainer } from "../../lib/containers/description.ts";
import type { View } from "../../lib/membership/views.ts";
import { runProgram } from "../stack/runProgram.ts";
import type { ClusterPlace } from "./clusterPlace.ts";
import { memberContainer } from "./memberContainer.ts";

export interface HostContainerArgs extends Omit<ClusterPlace, "network"> {
  readonly container: AgentContainer;
  /** The folder of a host agent that ran as a process; that process is stopped first. */
  readonly formerDir: string;
}

/**
 * The host's agent as a container on the host network of the engine's host. It is used if the engine is on another
 * machine or in a virtual machine, where this program cannot start a process.
 */
export class HostContainer extends pulumi.ComponentResource {
  readonly memberName: string;
  readonly address: string;
  /** Changes whenever the container is recreated. */
  readonly incarnation: pulumi.Output<string>;
  /** How to ask this agent for its view of the cluster. */
  readonly view: View;
  /** The IDs of its containers on the engine. */
  readonly containerIds: readonly pulumi.Output<string>[];

  constructor(name: string, args: HostContainerArgs, opts?: pulumi.ComponentResourceOptions) {
    const { container, labels, engineState, change, formerDir } = args;
    super("serf:cluster:HostContainer", name, { container }, opts);

    const turn = change?.turnOf(container.name) ?? Promise.resolve();
    const former = runProgram(
      `${name}-former`,
      { create: turn.then(() => "hostAgent stop"), input: { dir: formerDir } },
      { parent: this },
    );
    const generation = engineState.ofContainer(container.name);
    const { id } = memberContainer(
      name,
      { container, labels, change, marks: { role: "host", group: "host", generation } },
      { parent: this, dependsOn: former },
    );

    this.memberName = container.name;
    this.address = container.address;
    this.incarnation = id;
    this.view = { kind: "container", name: container.name };
    this.containerIds = [id];
    this.registerOutputs({ memberName: this.memberName, address: this.address });
  }
}
