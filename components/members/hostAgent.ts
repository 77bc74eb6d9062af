import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Profile } from "../../lib/agents/config.ts";
import type { Labels } from "../../lib/cluster/labels.ts";
import type { HostAgentInput } from "../../lib/inputs/hostAgent.ts";
import { hostView, type View } from "../../lib/membership/views.ts";
import type { RollingChange } from "../rolling/rollingChange.ts";
import { programCommand } from "../stack/programCommand.ts";

export interface HostAgentArgs {
  /** The agent's name as a member. */
  readonly name: string;
  /** The bridge's gateway, where the containers reach the host. */
  readonly address: string;
  /** The port that it gossips on. */
  readonly port: number;
  readonly profile: Profile;
  /** Where the agent keeps its files, relative to the project. */
  readonly dir: string;
  /** The image that the Serf binary is taken from. */
  readonly image: pulumi.Input<string>;
  /** `host:port` of the gossip port of the member to join; its own, when all others join it. */
  readonly join: pulumi.Input<string>;
  /** Whether it is there before any other member. */
  readonly isFirst: boolean;
  /** The port on loopback where the agent answers RPC. */
  readonly rpcPort: number;
  /** All tags of the member. */
  readonly tags: Readonly<Record<string, string>>;
  readonly labels: Labels;
  /** Secrets. */
  readonly gossipKey: pulumi.Input<string>;
  readonly rpcToken: pulumi.Input<string>;
  /** Seconds in which the agent must have joined. */
  readonly timeout: number;
  /** A new one asks for a new start; see `lib/drift/engineState.ts`. */
  readonly generation: string;
  /** Lets members be replaced while the cluster goes on. Default: all at once. */
  readonly change?: RollingChange | undefined;
}

/** The agent on the host itself. It joins through the seed's published port, or is joined by the others. */
export class HostAgent extends pulumi.ComponentResource {
  readonly memberName: string;
  readonly address: string;
  /** Changes with each start of the agent. */
  readonly incarnation: string;
  /** The side from which this agent sees the cluster. */
  readonly view: View;
  /** It runs in no container. */
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
    const command = new local.Command(
      name,
      {
        create: turn.then(() => programCommand("hostAgent", "start")),
        delete: programCommand("hostAgent", "stop"),
        stdin: pulumi.secret(pulumi.jsonStringify(input)),
        addPreviousOutputInEnv: false,
        logging: "stderr",
      },
      { parent: this },
    );
    change?.isMade(args.name, command.stdout);
    this.registerOutputs({
      memberName: this.memberName,
      address: this.address,
      generation: args.generation,
    });
  }
}
