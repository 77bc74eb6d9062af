import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import type { Labels } from "../../lib/cluster/labels.ts";
import { containerArgs, containerLabels, type ContainerMarks } from "../../lib/containers/args.ts";
import { type AgentContainer, describeContainer } from "../../lib/containers/description.ts";
import type { RollingChange } from "../rolling/rollingChange.ts";

/** What the container of a member is declared from. */
export interface MemberContainerArgs {
  readonly container: AgentContainer;
  readonly labels: Labels;
  readonly marks: ContainerMarks;
  /** The network's name. Default: as the container says, without waiting for a network. */
  readonly network?: pulumi.Input<string>;
  /** Lets members be replaced while the cluster goes on. Default: all at once. */
  readonly change?: RollingChange | undefined;
}

/** Declares the container of a member: the seed's, a joiner's or that of the host's agent. */
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
    // A promise alone leaves no dependency in the state, which would let a destroy wait as well.
    turn === undefined ? args : { ...args, name: turn.then(() => container.name) },
    { ...opts, deleteBeforeReplace: true },
  );
  change?.isMade(container.name, resource.id);
  return resource;
}
