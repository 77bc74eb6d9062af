/** Calls Pulumi for the commands. */
import { chosenEngine } from "../../../lib/engine/context.ts";
import { foreground } from "../../../lib/host/foreground.mjs";
import { CommandError, run, type RunOptions } from "../../../lib/host/run.ts";
import { withoutSalts } from "./salt.ts";

/** The name of a stack's configuration file. */
export function configFile(stack: string): string {
  return `Pulumi.${stack}.yaml`;
}

/** Runs Pulumi in the user's terminal. */
export function pulumi(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return withoutSalts(() => foreground("pulumi", args, { env }));
}

/** Brings the stack up or destroys it, in the user's terminal. Returns Pulumi's exit code. */
export async function deploy(
  command: "up" | "destroy",
  stack: string,
  env: NodeJS.ProcessEnv,
  ...options: readonly string[]
): Promise<number> {
  const flags = ["--yes", "--skip-preview", "--suppress-outputs", ...options];
  return await pulumi([command, ...flags, ...parallelism(env), "--stack", stack], env);
}

/**
 * Raises the number of resources that Pulumi works on at once, by default 4 per core: most of the time it
 * waits for the engine, or a few seconds for an agent to leave.
 */
export function parallelism(env: NodeJS.ProcessEnv): string[] {
  // An SSH server drops connections when many are opened at once.
  const isRemote = chosenEngine(env)?.host.startsWith("ssh:") ?? false;
  return isRemote || env["PULUMI_PARALLEL"] ? [] : ["--parallel", "32"];
}

/** Creates the stack. */
export async function createStack(stack: string, env: NodeJS.ProcessEnv): Promise<void> {
  // Without --no-select: later Pulumi commands without `--stack` then use this stack.
  await withoutSalts(() => runPulumi(["stack", "init", stack], env));
}

/** Whether Pulumi failed because its backend has no such stack. */
export function isNoStack(error: unknown): boolean {
  return error instanceof CommandError && /no stack named .* found/.test(error.stderr);
}

/**
 * Runs Pulumi and returns its output. Wrap calls that may write the passphrase's salt in {@link withoutSalts}.
 *
 * @param options Pulumi's standard input, none by default, and its time limit in milliseconds, 60,000 by default.
 * @throws CommandError with Pulumi's error output.
 */
export function runPulumi(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { input, timeout = 60_000 }: Pick<RunOptions, "input" | "timeout"> = {},
): Promise<string> {
  return run("pulumi", [...args, "--non-interactive"], { timeout, env, input });
}
