/** A stack's configuration, as Pulumi reads it: the stack's file with the defaults of Pulumi.yaml. */
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { project } from "../../../lib/cluster/names.ts";
import { UserError } from "../../../lib/host/errors.ts";
import { ownFolder } from "../../../lib/host/ownFolder.ts";
import { CommandError } from "../../../lib/host/run.ts";
import { isNoStack, runPulumi } from "./stack.ts";

/** The settings of a stack that commands need, by key. What Pulumi holds as JSON they do not need. */
export class StackSettings {
  readonly #values: ConfigValues;

  constructor(values: ConfigValues) {
    this.#values = values;
  }

  /** A setting's value; undefined where it is not set, which is the same to Pulumi as an empty text. */
  value(key: string): string | undefined {
    return this.#values[`${project}:${key}`]?.value || undefined;
  }

  /** Whether a setting is set, as a secret or not. */
  isSet(key: string): boolean {
    return this.#values[`${project}:${key}`]?.secret === true || this.value(key) !== undefined;
  }

  /** Whether the stack wants this. What is neither true nor false the program refuses; until then it counts. */
  wants(key: "protect" | "retainData"): boolean {
    return (this.value(key) ?? "false") !== "false";
  }
}

/** What `pulumi config --json` prints. A secret has a value only where it was asked for. */
export type ConfigValues = Readonly<
  Record<string, { readonly value?: string; readonly secret: boolean }>
>;

/** What commands want to know, even where it is a secret. */
const wanted = ["dockerHost", "dockerCertPath", "protect", "retainData", "keyRotation"];

/**
 * Asks Pulumi for the configuration of a stack, which need not exist.
 *
 * @throws UserError with Pulumi's words, when it cannot be read.
 */
export async function readSettings(stack: string, env: NodeJS.ProcessEnv): Promise<StackSettings> {
  try {
    return await settingsIn(stack, env).catch(async (error: unknown) => {
      if (!isNoStack(error)) throw error;
      return await settingsIn(stack, await scratchBackend(stack, env));
    });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new UserError(
      `Pulumi cannot tell the configuration of stack ${stack}: ${error.stderr.trim().replace(/^error: /, "")}`,
    );
  }
}

async function settingsIn(stack: string, env: NodeJS.ProcessEnv): Promise<StackSettings> {
  const ask = async (...flags: string[]) => {
    const text = await runPulumi(["config", "--json", ...flags, "--stack", stack], env);
    return JSON.parse(text) as ConfigValues;
  };
  const values = await ask();
  const isHidden = wanted.some((key) => values[`${project}:${key}`]?.secret);
  return new StackSettings(isHidden ? await ask("--show-secrets") : values);
}

/**
 * Pulumi tells the configuration of stacks only that its backend has. One that is not there it may find in a
 * backend of ours, which has nothing but empty stacks.
 */
export async function scratchBackend(
  stack: string,
  env: NodeJS.ProcessEnv,
): Promise<NodeJS.ProcessEnv> {
  const folder = resolve(ownFolder, "scratch");
  await mkdir(join(folder, "state"), { recursive: true });
  await writeFile(join(folder, "Pulumi.yaml"), `name: ${project}\nruntime: nodejs\n`);
  const backend = { ...env, PULUMI_BACKEND_URL: pathToFileURL(join(folder, "state")).href };
  // Made in that folder, since Pulumi writes the salt of the passphrase beside its Pulumi.yaml.
  await runPulumi(["stack", "init", stack, "--no-select", "--cwd", folder], {
    ...backend,
    PULUMI_CONFIG_PASSPHRASE: "",
  }).catch((error: unknown) => {
    if (!(error instanceof CommandError && error.stderr.includes("already exists"))) throw error;
  });
  return backend;
}
