import { compareNames, formatMembers, type Member } from "../components/members.ts";
import { labelsOf } from "../components/labels.ts";
import { labelFilters } from "../programs/engine.ts";
import { docker } from "../programs/run.ts";
import { membersSeenBy } from "../programs/views.ts";
import { UserError } from "../setup/errors.ts";
import { project } from "./stack.ts";

/**
 * Prints the members as a running agent of the stack sees them, the seed's view first.
 *
 * @throws UserError when no agent of the stack answers.
 */
export async function printMembers(stack: string): Promise<void> {
  const filters = labelFilters(labelsOf(project, stack));
  const list = await docker(["ps", ...filters, "--format", "{{.Names}}"]).catch(
    (error: unknown) => {
      throw new UserError(`The Docker engine does not answer: ${(error as Error).message}`);
    },
  );
  const containers = list.split("\n").filter(Boolean).sort(seedFirst);
  if (containers.length === 0) {
    throw new UserError(
      `No container of stack ${stack} runs here. \`npm start\` makes the cluster.`,
    );
  }
  const failures: string[] = [];
  for (const name of containers.slice(0, 5)) {
    try {
      const members: Member[] = await membersSeenBy({ kind: "container", name }, 5000);
      console.log(formatMembers(members));
      return;
    } catch (error) {
      failures.push((error as Error).message);
    }
  }
  throw new UserError(`No agent of stack ${stack} answers:\n${failures.join("\n")}`);
}

function seedFirst(a: string, b: string): number {
  return Number(b.endsWith("-seed")) - Number(a.endsWith("-seed")) || compareNames(a, b);
}
