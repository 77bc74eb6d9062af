/**
 * Makes the joiners that should be out of those that are there.
 *
 *     node programs/joiners.ts create|update|delete < input.json
 *
 * `create` and `update` remove what is too many or not as declared, make what is missing, leave
 * everything else alone, and print how many there are. A `create` that fails removes what it made, since
 * Pulumi would not know of it. `delete` removes all joiners of the stack. What was cut short is
 * taken up by the next call, since the containers themselves tell what they are.
 */
import { createHash } from "node:crypto";
import { text } from "node:stream/consumers";
import {
  type DeclaredJoiner,
  joinerSpec,
  type JoinerTemplate,
  planJoiners,
} from "../components/joinerPlan.ts";
import { type Labels, roleLabel } from "../components/labels.ts";
import { forEachParallel } from "./engineApi.ts";
import { listContainers } from "./inventory.ts";
import { createJoiner, removeContainers } from "./joinerContainer.ts";
import { printResult } from "./run.ts";

/** What the program takes from standard input, as JSON. */
export interface JoinersInput extends JoinerTemplate {
  readonly joiners: readonly DeclaredJoiner[];
}

/** What the program prints, as JSON. */
export interface JoinersResult {
  readonly joiners: number;
  /** Differs whenever another container is among them. */
  readonly incarnation: string;
}

/** An engine makes containers nearly one after the other; more at once only compete for its locks. */
const createLimit = 4;

async function reconcile(input: JoinersInput): Promise<JoinersResult> {
  const wanted = input.joiners.map((joiner) => joinerSpec(input, joiner));
  const plan = planJoiners(wanted, await joinersOf(input.labels));
  await removeContainers(plan.remove.map(({ id }) => id));
  await forEachParallel(plan.create, createLimit, async (joiner) => {
    await createJoiner(input, joiner);
  });
  const ids = (await joinersOf(input.labels)).map(({ id }) => id).sort();
  const incarnation = createHash("sha256").update(ids.join()).digest("hex").slice(0, 12);
  return { joiners: ids.length, incarnation };
}

async function create(input: JoinersInput): Promise<JoinersResult> {
  try {
    return await reconcile(input);
  } catch (error) {
    await removeAll(input.labels);
    throw error;
  }
}

async function removeAll(labels: Labels): Promise<void> {
  await removeContainers((await joinersOf(labels)).map(({ id }) => id));
}

function joinersOf(labels: Labels) {
  return listContainers({ ...labels, [roleLabel]: "joiner" });
}

await printResult(async () => {
  const input = JSON.parse(await text(process.stdin)) as JoinersInput;
  const command = process.argv[2];
  if (command === "create") return await create(input);
  if (command === "update") return await reconcile(input);
  if (command === "delete") {
    await removeAll(input.labels);
    return undefined;
  }
  throw new Error(`The command is ${command ?? "missing"}, allowed are create, update and delete.`);
});
