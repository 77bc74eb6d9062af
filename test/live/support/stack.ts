import { afterAll, beforeAll } from "vitest";
import { type Config, Project } from "./project.ts";

/**
 * A copy of the project whose stacks exist during the tests of one file: before them each is taken down, whatever
 * a killed run left, and after them all are.
 *
 * @param stacks their configurations by name.
 * @param options whether they are brought up before the tests, by default; the milliseconds for each command.
 */
export function projectWith(
  stacks: Readonly<Record<string, Config>>,
  { isUp = true, timeout }: { readonly isUp?: boolean; readonly timeout?: number } = {},
): Project {
  const project = new Project(timeout);
  beforeAll(async () => {
    for (const [stack, config] of Object.entries(stacks)) {
      project.configure(stack, config);
      await project.succeed("stop", "--yes", "--stack", stack);
      if (isUp) await project.succeed("start", "--stack", stack);
    }
  });
  afterAll(() => project.remove());
  return project;
}
