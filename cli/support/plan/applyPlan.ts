import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { UserError } from "../../../lib/host/errors.ts";
import { foreground } from "../../../lib/host/foreground.mjs";
import { withoutSalts } from "../stack/salt.ts";
import { parallelism } from "../stack/stack.ts";
import { previewAgain } from "./planFile.ts";
import { PlanOutput } from "./violation.ts";

/**
 * Brings a stack up as a saved plan says. Pulumi previews first, so that what differs from the plan is found before
 * anything is changed.
 *
 * @returns Pulumi's exit code.
 * @throws UserError when the `up` would do something else.
 */
export async function applyPlan(
  stack: string,
  file: string,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const output = new PlanOutput();
  const read: Promise<void>[] = [];
  const started = ({ stdout, stderr }: ChildProcess) => {
    read.push(pass(stdout!, process.stdout, output), pass(stderr!, process.stderr, output));
  };
  const flags = ["--yes", "--suppress-outputs", "--non-interactive", "--plan", file];
  const args = ["up", ...flags, ...parallelism(env), "--stack", stack];
  const code = await withoutSalts(() =>
    foreground("pulumi", args, { env, stdio: ["ignore", "pipe", "pipe"], started }),
  );
  await Promise.all(read);
  if (output.violation === undefined) return code;
  throw new UserError(`${output.violation}; ${previewAgain(stack, file)}`);
}

async function pass(from: Readable, to: NodeJS.WritableStream, output: PlanOutput): Promise<void> {
  for await (const line of createInterface(from)) {
    if (output.accepts(line)) to.write(`${line}\n`);
  }
}
