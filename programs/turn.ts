/**
 * Waits until a member may be taken down.
 *
 *     node programs/turn.ts < input.json
 *
 * Succeeds when fewer of the others are down than may be, and at once when the member is down anyway.
 */
import { text } from "node:stream/consumers";
import {
  describeDown,
  downMembers,
  isDownAnyway,
  type PresentMember,
  type Rolling,
} from "../components/rollout.ts";
import { watch } from "./clusterWatch.ts";
import { printResult } from "./run.ts";

/** What the program takes from standard input, as JSON. */
export interface TurnInput extends Rolling {
  /** The member's name. */
  readonly member: string;
  /** Not read by the program: another one makes it run again. */
  readonly cause: readonly string[];
}

async function awaitTurn(input: TurnInput): Promise<void> {
  const { member, maxUnavailable } = input;
  let down: readonly PresentMember[] = [];
  const isFree = await watch(input, [], ({ present, looks }) => {
    const others = present.filter(({ name }) => name !== member);
    // What the member itself sees counts for nothing when it goes.
    const seen = looks.filter(({ viewer }) => viewer !== member);
    down = downMembers(others, seen);
    const mayGo = down.length < maxUnavailable || isDownAnyway(member, present, looks);
    return mayGo || undefined;
  });
  if (isFree) return;
  throw new Error(`${member} was not replaced: ${describeDown(down, input)}`);
}

await printResult(async () => {
  await awaitTurn(JSON.parse(await text(process.stdin)) as TurnInput);
});
