/** The state of a stack, as Pulumi reads it: what is recorded, or why it cannot be read and what helps. */
import { UserError } from "../../../lib/host/errors.ts";
import { CommandError } from "../../../lib/host/run.ts";
import { isNoStack, runPulumi } from "./stack.ts";
import {
  hasEmbeddedBackend,
  newestBackup,
  type RecordedResource,
  stateFile,
} from "./stateFiles.ts";

/** What the backend has of a stack. */
export type StackState =
  | { readonly kind: "none" }
  /** It cannot be read. The fault is a sentence with the ways out. */
  | { readonly kind: "unreadable"; readonly fault: string }
  /** The resources have their secrets in plain text. */
  | { readonly kind: "known"; readonly resources: readonly RecordedResource[] };

/** @param env as Pulumi is run. */
export async function readState(stack: string, env: NodeJS.ProcessEnv): Promise<StackState> {
  try {
    // With the secrets, since a passphrase that is missing or another must be noticed before all else.
    const args = ["stack", "export", "--show-secrets", "--stack", stack];
    const { deployment } = JSON.parse(await runPulumi(args, env)) as {
      // Null where the disk was full before the first resource.
      readonly deployment: { readonly resources?: readonly RecordedResource[] } | null;
    };
    return { kind: "known", resources: deployment?.resources ?? [] };
  } catch (error) {
    if (isNoStack(error)) return { kind: "none" };
    if (!(error instanceof CommandError)) throw error;
    const said = error.stderr.trim().replace(/^error: /, "") || error.message;
    return { kind: "unreadable", fault: await faultOf(stack, said, env) };
  }
}

async function faultOf(stack: string, said: string, env: NodeJS.ProcessEnv): Promise<string> {
  const source = passphraseSource(env);
  const fault = passphraseFault(said, source);
  if (fault !== undefined) {
    const sentence = `The state of stack ${stack} cannot be read: it is encrypted with ${fault.what}.`;
    return [sentence, ...waysOut(stack, fault.way, env)].join("\n");
  }
  if (!hasEmbeddedBackend(env) || said.includes("permission denied")) {
    return `The state of stack ${stack} cannot be read: ${said}`;
  }
  const file = stateFile(stack);
  const backup = await newestBackup(stack);
  return [
    `The state of stack ${stack} is damaged: ${file} ${damageIn(said)}.`,
    ...waysOut(stack, backup && `to go on with Pulumi's backup: cp ${backup} ${file}`, env),
  ].join("\n");
}

/** What is wrong with a file, by Pulumi's words. */
function damageIn(said: string): string {
  const [, json] = /(unexpected end of JSON input|invalid character .*)/.exec(said) ?? [];
  return json === undefined ? `cannot be used: ${said}` : `is no JSON: ${json}`;
}

function passphraseSource(env: NodeJS.ProcessEnv): string {
  return env["PULUMI_CONFIG_PASSPHRASE"] === undefined
    ? (env["PULUMI_CONFIG_PASSPHRASE_FILE"] ?? "PULUMI_CONFIG_PASSPHRASE")
    : "PULUMI_CONFIG_PASSPHRASE";
}

/** What Pulumi says of a passphrase, as the rest of a sentence, and what helps. */
export function passphraseFault(
  said: string,
  source: string,
): { readonly what: string; readonly way: string } | undefined {
  const [, reason] = /unable to read PULUMI_CONFIG_PASSPHRASE_FILE: (.*)/.exec(said) ?? [];
  if (reason !== undefined) {
    const isMissing = reason.includes("no such file");
    return {
      what: `a passphrase, and ${source} ${isMissing ? "is missing" : `cannot be read: ${reason}`}`,
      way: isMissing
        ? "to go on: put that file back, from a backup"
        : "to go on: let this user read that file",
    };
  }
  if (/incorrect passphrase|message authentication failed/.test(said)) {
    return {
      what: `another passphrase than the one in ${source}`,
      way: `to go on: give the right one in ${source}`,
    };
  }
  return undefined;
}

function waysOut(stack: string, first: string | undefined, env: NodeJS.ProcessEnv): string[] {
  return [
    "Nothing was changed. The ways out:",
    ...(first === undefined ? [] : [`  - ${first}`]),
    ...(hasEmbeddedBackend(env)
      ? [
          `  - to begin anew: npm stop -- --stack ${stack} --yes`,
          "    removes by its labels what the stack has made, and puts the state aside",
        ]
      : []),
  ];
}

/**
 * The resources of a stack; undefined where the backend has no such stack.
 *
 * @throws UserError when the state cannot be read.
 */
export function resourcesIn(state: StackState): readonly RecordedResource[] | undefined {
  if (state.kind === "unreadable") throw new UserError(state.fault);
  return state.kind === "known" ? state.resources : undefined;
}

/** The other stacks of the project that have something. */
export async function othersThatAreUp(stack: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const list = JSON.parse(await runPulumi(["stack", "ls", "--json"], env)) as {
    readonly name: string;
    readonly resourceCount?: number;
  }[];
  return list
    .filter(({ resourceCount }) => resourceCount !== 0)
    .map(({ name }) => name.split("/").at(-1)!)
    .filter((name) => name !== stack);
}
