/** What the commands share: the stack they work on and how they call Pulumi. */
import { existsSync } from "node:fs";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ownFolder } from "../components/names.ts";
import { chosenEngine } from "../programs/engineContext.ts";
import { run } from "../programs/run.ts";
import { foreground } from "../setup/foreground.mjs";
import { hasEmbeddedBackend, stateFile } from "./stateFiles.ts";

/** The project's name in Pulumi.yaml, which begins every name and key. */
export const project = "serf";

/** Runs Pulumi at the user's terminal. */
export function pulumi(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return foreground("pulumi", args, { env });
}

/** Brings the stack up or takes it down, at the user's terminal. Returns Pulumi's exit code. */
export async function deploy(
  command: "up" | "destroy",
  stack: string,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const flags = ["--yes", "--skip-preview", "--suppress-outputs"];
  return await pulumi([command, ...flags, ...parallelism(env), ...(await configCopy(stack))], env);
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

/**
 * The arguments that make Pulumi read a copy of the stack's configuration file. Pulumi writes the
 * salt of the passphrase into the file it reads, and the passphrase is this clone's own: in the
 * tracked file the salt would lock everybody else out.
 */
export async function configCopy(stack: string): Promise<string[]> {
  const tracked = `Pulumi.${stack}.yaml`;
  const copy = join(ownFolder, "config", tracked);
  await mkdir(join(ownFolder, "config"), { recursive: true });
  if (existsSync(tracked)) await copyFile(tracked, copy);
  else await writeFile(copy, "config: {}\n");
  return ["--stack", stack, "--config-file", copy];
}

/** Whether the backend has the stack. */
export async function stackExists(stack: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  // Another stack's state may be damaged, over which Pulumi's list would fail.
  if (hasEmbeddedBackend(env)) return existsSync(stateFile(stack));
  const list = JSON.parse(await runPulumi(["stack", "ls", "--json"], env)) as { name: string }[];
  return list.some(({ name }) => name === stack || name.endsWith(`/${stack}`));
}

/** Makes the stack, from a folder of its own, for the reason that {@link configCopy} gives. */
export async function createStack(stack: string, env: NodeJS.ProcessEnv): Promise<void> {
  const folder = join(ownFolder, "new");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "Pulumi.yaml"), `name: ${project}\nruntime: nodejs\n`);
  await runPulumi(["stack", "init", stack, "--no-select", "--cwd", folder], env);
  // What follows without a `--stack` means the one that was made last.
  await runPulumi(["stack", "select", stack], env);
}

/**
 * Runs Pulumi for its output.
 *
 * @param input what it reads from standard input. Default: nothing.
 * @throws CommandError with what Pulumi said.
 */
export function runPulumi(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  input?: string,
): Promise<string> {
  return run("pulumi", [...args, "--non-interactive"], { timeout: 60_000, env, input });
}
