/**
 * Makes the joiners that should be out of those that are there.
 *
 *     node programs/joiners.ts create|update|delete < input.json
 *
 * `create` and `update` remove what is too many or not as declared, make what is missing, leave
 * everything else alone, and print how many there are. Where members are replaced one after another,
 * joinerRoll.ts does so; else it is done all at once, and a `create` that fails removes what it made,
 * for the case that Pulumi does not come to record the removal.
 * `delete` needs the labels alone and removes all joiners of the stack. What was cut short is
 * taken up by the next call, since the containers themselves tell what they are.
 */
import { createHash } from "node:crypto";
import { text } from "node:stream/consumers";
import {
  type DeclaredJoiner,
  type JoinerPlan,
  joinerSpecs,
  type JoinerTemplate,
  planJoiners,
} from "../components/joinerPlan.ts";
import { carries, generationLabel } from "../components/labels.ts";
import type { Rolling } from "../components/rollout.ts";
import type { FoundNetwork } from "../components/standing.ts";
import { forEachParallel } from "./engineApi.ts";
import { joinersOf, listNetworks } from "./inventory.ts";
import { removeContainers, startContainer } from "./containers.ts";
import { atOnce, createJoiner } from "./joinerContainer.ts";
import { rollJoiners } from "./joinerRoll.ts";
import { pause, printResult } from "./run.ts";

/** What the program takes from standard input, as JSON. */
export interface JoinersInput extends JoinerTemplate {
  readonly joiners: readonly DeclaredJoiner[];
  /** How joiners are replaced while the cluster goes on. Default: all at once. */
  readonly rolling?: Rolling;
}

/** What the program prints, as JSON. */
export interface JoinersResult {
  readonly joiners: number;
  /** Differs whenever another container is among them. */
  readonly incarnation: string;
}

/** Milliseconds in which the network must be there. */
const networkTimeout = 30_000;

async function reconcile(input: JoinersInput): Promise<JoinersResult> {
  await awaitNetwork(input);
  const plan = planJoiners(joinerSpecs(input), await joinersOf(input.labels));
  if (input.rolling === undefined) await replaceAll(input, plan);
  else await rollJoiners(input, input.rolling, plan);
  const ids = (await joinersOf(input.labels)).map(({ id }) => id).sort();
  const incarnation = createHash("sha256").update(ids.join()).digest("hex").slice(0, 12);
  return { joiners: ids.length, incarnation };
}

async function replaceAll(input: JoinersInput, plan: JoinerPlan): Promise<void> {
  await removeContainers(plan.remove);
  const made: string[] = [];
  await forEachParallel(plan.create, atOnce, async (joiner) => {
    made.push(await createJoiner(input, joiner));
  });
  // All are made before the first is started, since agents that run take time from the engine. None waits
  // for the seed, which they look for until it is there.
  await forEachParallel(made, atOnce, startContainer);
}

/** Waits for the network, which may just be made; components/joiners.ts says why. */
async function awaitNetwork({ network, labels }: JoinersInput): Promise<void> {
  const deadline = Date.now() + networkTimeout;
  const isThere = (found: FoundNetwork) =>
    found.name === network.name &&
    found.labels[generationLabel] === network.generation &&
    carries(found.labels, labels);
  while (!(await listNetworks()).some(isThere)) {
    if (Date.now() > deadline) {
      throw new Error(`The network ${network.name} is not there after ${networkTimeout / 1000} s.`);
    }
    await pause(50);
  }
}

async function create(input: JoinersInput): Promise<JoinersResult> {
  // It takes back by itself what does not come up.
  if (input.rolling !== undefined) return await reconcile(input);
  const before = new Set((await joinersOf(input.labels)).map(({ id }) => id));
  try {
    return await reconcile(input);
  } catch (error) {
    const now = await joinersOf(input.labels);
    await removeContainers(now.filter(({ id }) => !before.has(id)));
    throw error;
  }
}

await printResult(async () => {
  const input: unknown = JSON.parse(await text(process.stdin));
  const command = process.argv[2];
  if (command === "create") return await create(input as JoinersInput);
  if (command === "update") return await reconcile(input as JoinersInput);
  if (command === "delete") {
    await removeContainers(await joinersOf((input as Pick<JoinersInput, "labels">).labels));
    return undefined;
  }
  throw new Error(`The command is ${command ?? "missing"}, allowed are create, update and delete.`);
});
