import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import type { Labels } from "../../lib/cluster/labels.ts";
import { containerArgs, containerLabels, type ContainerMarks } from "../../lib/containers/args.ts";
import { type AgentContainer, describeContainer } from "../../lib/containers/description.ts";
import type { RollingChange } from "../rolling/rollingChange.ts";

/** The arguments for a member's container. */
export interface MemberContainerArgs {
  readonly container: AgentContainer;
  readonly labels: Labels;
  readonly marks: ContainerMarks;
  /** The network's name. Default: the name in `container`, without a dependency on a network resource. */
  readonly network?: pulumi.Input<string>;
  /** Schedules a rolling replacement. Default: all members are replaced at once. */
  readonly change?: RollingChange | undefined;
}

/** Declares a member's container: the seed's, a joiner's or the host's agent's. */
export function memberContainer(
  name: string,
  { container, labels, marks, network, change }: MemberContainerArgs,
  opts: pulumi.CustomResourceOptions,
): docker.Container {
  const description = describeContainer(container);
  const args = containerArgs(
    container.name,
    description,
    containerLabels(labels, description, marks),
    network,
  );
  const turn = change?.turnOf(container.name);
  const resource = new docker.Container(
    name,
    // A promise, unlike an output, records no dependency in the state, on which a destroy would have to wait.
    turn === undefined ? args : { ...args, name: turn.then(() => container.name) },
    { ...opts, deleteBeforeReplace: true },
  );
  change?.isMade(container.name, resource.id);
  return resource;
}
