import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { TurnInput } from "../programs/turn.ts";
import { programCommand } from "./programCommand.ts";
import type { Rolling } from "./rollout.ts";

/** A member that is about to be replaced. */
export interface TurnArgs {
  /** How members are replaced. Default: all at once, and then there is nothing to wait for. */
  readonly rolling: Rolling | undefined;
  /** The member's name. */
  readonly member: string;
  /** All that makes it a new one when it changes. */
  readonly cause: pulumi.Input<readonly string[]>;
}

/**
 * Lets the replacement of a member wait until so many others are up that it may be taken down.
 *
 * @returns what the replacement must depend on.
 */
export function awaitTurn(
  name: string,
  { rolling, member, cause }: TurnArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  if (rolling === undefined) return [];
  const input = pulumi.output(cause).apply((known): TurnInput => ({
    ...rolling,
    member,
    cause: known,
  }));
  const command = new local.Command(
    `${name}-turn`,
    {
      create: programCommand("turn"),
      stdin: pulumi.jsonStringify(input),
      addPreviousOutputInEnv: false,
      logging: "stderr",
    },
    opts,
  );
  return [command];
}
