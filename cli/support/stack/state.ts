/** Reads a stack's state through Pulumi. If that fails, says why and what the user can do. */
import { UserError } from "../../../lib/host/errors.ts";
import { CommandError } from "../../../lib/host/run.ts";
import { isNoStack, runPulumi } from "./stack.ts";
import {
  hasEmbeddedBackend,
  newestBackup,
  type RecordedResource,
  stateFile,
} from "./stateFiles.ts";

/** A stack's state in the backend. */
export type StackState =
  | { readonly kind: "none" }
  /** It cannot be read. The fault is a message that says why and what to do. */
  | { readonly kind: "unreadable"; readonly fault: string }
  /** The secrets of the resources are in plain text. */
  | { readonly kind: "known"; readonly resources: readonly RecordedResource[] };

/** @param env the environment for Pulumi. */
export async function readState(stack: string, env: NodeJS.ProcessEnv): Promise<StackState> {
  try {
    // With the secrets, so that a missing or wrong passphrase is noticed first.
    const args = ["stack", "export", "--show-secrets", "--stack", stack];
    const { deployment } = JSON.parse(await runPulumi(args, env)) as {
      // Null when the disk was full before the first resource was recorded.
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

/** What is wrong with the state's file, from Pulumi's error. */
function damageIn(said: string): string {
  const [, json] = /(unexpected end of JSON input|invalid character .*)/.exec(said) ?? [];
  return json === undefined ? `cannot be used: ${said}` : `is not JSON: ${json}`;
}

function passphraseSource(env: NodeJS.ProcessEnv): string {
  return env["PULUMI_CONFIG_PASSPHRASE"] === undefined
    ? (env["PULUMI_CONFIG_PASSPHRASE_FILE"] ?? "PULUMI_CONFIG_PASSPHRASE")
    : "PULUMI_CONFIG_PASSPHRASE";
}

/** Recognizes a passphrase problem in Pulumi's error: what it is, as part of a sentence, and the way out. */
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
      what: `a different passphrase from the one in ${source}`,
      way: `to go on: put the right one in ${source}`,
    };
  }
  return undefined;
}

function waysOut(stack: string, first: string | undefined, env: NodeJS.ProcessEnv): string[] {
  return [
    "Nothing was changed. What you can do:",
    ...(first === undefined ? [] : [`  - ${first}`]),
    ...(hasEmbeddedBackend(env)
      ? [
          `  - to start over: npm stop -- --stack ${stack} --yes`,
          "    removes everything with the stack's labels, and moves the state away",
        ]
      : []),
  ];
}

/**
 * The resources of a stack; undefined when the backend has no such stack.
 *
 * @throws UserError when the state cannot be read.
 */
export function resourcesIn(state: StackState): readonly RecordedResource[] | undefined {
  if (state.kind === "unreadable") throw new UserError(state.fault);
  return state.kind === "known" ? state.resources : undefined;
}

/** The other stacks of the project that have resources. */
export async function othersThatAreUp(stack: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  return (await stacksThatAreUp(env)).filter((name) => name !== stack);
}

/** The stacks of the project in this backend that have resources. */
export async function stacksThatAreUp(env: NodeJS.ProcessEnv): Promise<string[]> {
  const list = JSON.parse(await runPulumi(["stack", "ls", "--json"], env)) as {
    readonly name: string;
    readonly resourceCount?: number;
  }[];
  return list
    .filter(({ resourceCount }) => resourceCount !== 0)
    .map(({ name }) => name.split("/").at(-1)!);
}
