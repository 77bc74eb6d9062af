/** A stack's configuration, as Pulumi reads it: the stack's file, with the defaults of Pulumi.yaml. */
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { project } from "../../../lib/cluster/names.ts";
import { chosenEngine } from "../../../lib/engine/context.ts";
import { defaultHost } from "../../../lib/engine/host.ts";
import type { NamedEngine } from "../../../lib/engine/scope.ts";
import { UserError } from "../../../lib/host/errors.ts";
import { ownFolder } from "../../../lib/host/ownFolder.ts";
import { CommandError } from "../../../lib/host/run.ts";
import { configuredEngines } from "../../../lib/settings/settings.ts";
import { isNoStack, runPulumi } from "./stack.ts";
import type { RecordedResource } from "./stateFiles.ts";

/** The settings of a stack that commands need. */
export class StackSettings {
  readonly #values: ConfigValues;

  constructor(values: ConfigValues) {
    this.#values = values;
  }

  /** A setting's value; undefined when it is not set or empty, which Pulumi does not distinguish. */
  value(key: string): string | undefined {
    return this.#values[`${project}:${key}`]?.value || undefined;
  }

  /** Whether a setting is set, as plain text or as a secret. */
  isSet(key: string): boolean {
    return this.#values[`${project}:${key}`]?.secret === true || this.value(key) !== undefined;
  }

  /**
   * The options with which Pulumi deploys the stack. It reads the services of a Swarm first: what was removed there
   * would fail otherwise. Containers are observed by the program, which is faster.
   *
   * @param resources those of the state, if there is one.
   */
  deployment(resources: readonly RecordedResource[] = []): readonly string[] {
    if (this.value("swarm") !== "services") return [];
    return ["--refresh", ...(isManagerChanged(resources) ? ["--run-program"] : [])];
  }

  /** The engines of a stack that has several; empty if there is one. Those that are invalid are left out. */
  get engines(): readonly NamedEngine[] {
    return configuredEngines({ engines: this.value("engines") ?? "" });
  }

  /** Whether a switch is on. An invalid value counts as on, the safe side; the Pulumi program reports it. */
  wants(key: "protect" | "retainData"): boolean {
    return (this.value(key) ?? "false") !== "false";
  }
}

/**
 * Whether the state names another manager than this process uses. Pulumi would read through that one, which may be
 * lost, unless the program says first which one it is.
 */
function isManagerChanged(resources: readonly RecordedResource[]): boolean {
  const provider = resources.find(({ type }) => type === "pulumi:providers:docker");
  const host = provider?.inputs?.["host"];
  return host !== undefined && host !== (chosenEngine()?.host ?? defaultHost);
}

/** The output of `pulumi config --json`. A secret has a value only with `--show-secrets`. */
export type ConfigValues = Readonly<
  Record<string, { readonly value?: string; readonly secret: boolean }>
>;

/** The settings whose values the commands need, even when they are secrets. */
const wanted = ["dockerHost", "dockerCertPath", "protect", "retainData", "keyRotation"];

/**
 * Asks Pulumi for the configuration of a stack. The stack need not exist.
 *
 * @throws UserError with Pulumi's message when the configuration cannot be read.
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
      `Pulumi cannot read the configuration of stack ${stack}: ${error.stderr.trim().replace(/^error: /, "")}`,
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
 * A backend with an empty stack of that name. Pulumi reads the configuration of a stack only if its backend has
 * the stack; this one serves for stacks that do not exist yet.
 */
export async function scratchBackend(
  stack: string,
  env: NodeJS.ProcessEnv,
): Promise<NodeJS.ProcessEnv> {
  const folder = resolve(ownFolder, "scratch");
  await mkdir(join(folder, "state"), { recursive: true });
  // Renamed into place: another command may be reading it, and would find it empty while it is written.
  const made = join(folder, `Pulumi.yaml.${process.pid}`);
  await writeFile(made, `name: ${project}\nruntime: nodejs\n`);
  await rename(made, join(folder, "Pulumi.yaml"));
  // A run that was killed leaves its lock. Nothing here needs one: nothing is ever deployed.
  await rm(join(folder, "state", ".pulumi", "locks"), { recursive: true, force: true });
  const backend = { ...env, PULUMI_BACKEND_URL: pathToFileURL(join(folder, "state")).href };
  // Created in that folder, since Pulumi writes the passphrase's salt next to its Pulumi.yaml.
  await runPulumi(["stack", "init", stack, "--no-select", "--cwd", folder], {
    ...backend,
    PULUMI_CONFIG_PASSPHRASE: "",
  }).catch((error: unknown) => {
    if (!(error instanceof CommandError && error.stderr.includes("already exists"))) throw error;
  });
  return backend;
}
