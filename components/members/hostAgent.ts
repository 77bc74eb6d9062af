import * as pulumi from "@pulumi/pulumi";
import type { Profile } from "../../lib/agents/config.ts";
import type { Labels } from "../../lib/cluster/labels.ts";
import type { HostAgentInput } from "../../lib/inputs/hostAgent.ts";
import { hostView, type View } from "../../lib/membership/views.ts";
import type { RollingChange } from "../rolling/rollingChange.ts";
import { runProgram } from "../stack/runProgram.ts";

export interface HostAgentArgs {
  /** The agent's member name. */
  readonly name: string;
  /** The bridge's gateway, at which containers reach the host. */
  readonly address: string;
  /** The agent's gossip port. */
  readonly port: number;
  readonly profile: Profile;
  /** The folder of the agent's files, relative to the project. */
  readonly dir: string;
  /** The image from which the Serf binary is copied. */
  readonly image: pulumi.Input<string>;
  /** `host:port` of the gossip port of the member to join; the agent's own if all others join it. */
  readonly join: pulumi.Input<string>;
  /** Whether it starts before every other member. */
  readonly isFirst: boolean;
  /** The loopback port of the agent's RPC. */
  readonly rpcPort: number;
  /** All tags of the member. */
  readonly tags: Readonly<Record<string, string>>;
  readonly labels: Labels;
  /** Secrets. */
  readonly gossipKey: pulumi.Input<string>;
  readonly rpcToken: pulumi.Input<string>;
  /** Seconds until the agent must have joined. */
  readonly timeout: number;
  /** A new generation restarts the agent; see `lib/drift/engineState.ts`. */
  readonly generation: string;
  /** Schedules a rolling replacement. Default: all members are replaced at once. */
  readonly change?: RollingChange | undefined;
}

/** The host's agent as a process. It joins the seed through its published port, or the other members join it. */
export class HostAgent extends pulumi.ComponentResource {
  readonly memberName: string;
  readonly address: string;
  /** Changes whenever the agent is restarted. */
  readonly incarnation: string;
  /** How to ask this agent for its view of the cluster. */
  readonly view: View;
  /** Empty, since it is a process. */
  readonly containerIds: readonly pulumi.Output<string>[] = [];

  constructor(name: string, args: HostAgentArgs, opts?: pulumi.ComponentResourceOptions) {
    const { gossipKey, rpcToken, change, ...known } = args;
    super("serf:cluster:HostAgent", name, known, opts);

    this.memberName = args.name;
    this.address = args.address;
    this.incarnation = args.generation;
    this.view = hostView(args);
    const inputs = pulumi.all([args.image, args.join, gossipKey, rpcToken]);
    const input = inputs.apply(([image, join, gossipKey, rpcToken]): HostAgentInput => ({
      dir: args.dir,
      name: args.name,
      address: args.address,
      port: args.port,
      profile: args.profile,
      tags: args.tags,
      image,
      join,
      isFirst: args.isFirst,
      rpcPort: args.rpcPort,
      labels: { ...args.labels },
      timeout: args.timeout,
      generation: args.generation,
      gossipKey,
      rpcToken,
    }));
    const turn = change?.turnOf(args.name) ?? Promise.resolve();
    const command = runProgram(
      name,
      {
        create: turn.then(() => "hostAgent start"),
        delete: "hostAgent stop",
        input: pulumi.secret(input),
      },
      { parent: this },
    );
    change?.isMade(args.name, command.stdout);
    this.registerOutputs({
      memberName: this.memberName,
      address: this.address,
      rpcPort: args.rpcPort,
      generation: args.generation,
    });
  }
}
