/** What the commands share: the stack they work on and how they call Pulumi. */
import { chosenEngine } from "../../../lib/engine/context.ts";
import { foreground } from "../../../lib/host/foreground.mjs";
import { CommandError, run, type RunOptions } from "../../../lib/host/run.ts";
import { withoutSalts } from "./salt.ts";

/** The name of a stack's configuration file. */
export function configFile(stack: string): string {
  return `Pulumi.${stack}.yaml`;
}

/** Runs Pulumi at the user's terminal. */
export function pulumi(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return withoutSalts(() => foreground("pulumi", args, { env }));
}

/** Brings the stack up or takes it down, at the user's terminal. Returns Pulumi's exit code. */
export async function deploy(
  command: "up" | "destroy",
  stack: string,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const flags = ["--yes", "--skip-preview", "--suppress-outputs"];
  return await pulumi([command, ...flags, ...parallelism(env), "--stack", stack], env);
}

/**
 * Lets a deployment work on more resources at once than Pulumi's 4 for each core: most of them wait
 * for the engine, or some seconds for an agent to leave.
 */
function parallelism(env: NodeJS.ProcessEnv): string[] {
  // A server that is reached over SSH drops connections when many come at once.
  const isRemote = chosenEngine(env)?.host.startsWith("ssh:") ?? false;
  return isRemote || env["PULUMI_PARALLEL"] ? [] : ["--parallel", "32"];
}

/** Makes the stack. */
export async function createStack(stack: string, env: NodeJS.ProcessEnv): Promise<void> {
  // What follows without a `--stack` means the one that was made last.
  await withoutSalts(() => runPulumi(["stack", "init", stack], env));
}

/** Whether Pulumi has refused something because its backend has no such stack. */
export function isNoStack(error: unknown): boolean {
  return error instanceof CommandError && /no stack named .* found/.test(error.stderr);
}

/**
 * Runs Pulumi for its output. What may write the passphrase's salt takes {@link withoutSalts} around it.
 *
 * @param options what it reads from standard input, and the milliseconds that it may take, 60,000 by default.
 * @throws CommandError with what Pulumi said.
 */
export function runPulumi(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { input, timeout = 60_000 }: Pick<RunOptions, "input" | "timeout"> = {},
): Promise<string> {
  return run("pulumi", [...args, "--non-interactive"], { timeout, env, input });
}
