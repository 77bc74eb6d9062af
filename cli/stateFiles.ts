/** The embedded state as files: whether it can be read, and what helps where it cannot. */
import { createDecipheriv, pbkdf2 } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { ownFolder } from "../components/names.ts";
import { project } from "./stack.ts";

const stateFolder = join(ownFolder, "state", ".pulumi");

/** A resource as the state has it. */
export interface RecordedResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** Whether it outlives the stack. Default: false. */
  readonly retainOnDelete?: boolean;
}

/** What a file of the state holds. */
export interface Checkpoint {
  readonly checkpoint: {
    /** Null before the first resource. */
    readonly latest?: {
      readonly resources?: readonly RecordedResource[];
      readonly secrets_providers?: {
        readonly type: string;
        readonly state?: { readonly salt?: string };
      };
    } | null;
  };
}

/** The file with a stack's state. */
export function stateFile(stack: string): string {
  return join(stateFolder, "stacks", project, `${stack}.json`);
}

/** Whether the state lies in the project's own folder. */
export function hasEmbeddedBackend(env: NodeJS.ProcessEnv): boolean {
  return env["PULUMI_BACKEND_URL"]?.endsWith(`/${ownFolder}/state`) ?? false;
}

/**
 * Reads a file of the state.
 *
 * @throws Error whose message says what is wrong with it.
 */
export async function readCheckpoint(file: string): Promise<Checkpoint> {
  const text = await readFile(file, "utf8");
  if (text.trim() === "") throw new Error("is empty");
  let value: Partial<Checkpoint> | null;
  try {
    value = JSON.parse(text) as Partial<Checkpoint> | null;
  } catch (error) {
    throw new Error(`is no JSON: ${(error as Error).message}`, { cause: error });
  }
  if (typeof value?.checkpoint !== "object") throw new Error("is not a state of Pulumi");
  return value as Checkpoint;
}

/**
 * What is wrong with the embedded state of a stack, with the ways out; undefined where it can be used, or
 * is not there.
 *
 * @param env as Pulumi is run.
 */
export async function stateFault(
  stack: string,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const file = stateFile(stack);
  if (!hasEmbeddedBackend(env) || !existsSync(file)) return undefined;
  let found: Checkpoint;
  try {
    found = await readCheckpoint(file);
  } catch (error) {
    const backup = await newestBackup(stack);
    return (
      `The state of stack ${stack} is damaged: ${file} ${(error as Error).message}.\n` +
      waysOut(stack, backup && `to go on with Pulumi's backup: cp ${backup} ${file}`)
    );
  }
  const fault = await passphraseFault(found, env);
  return (
    fault &&
    `The state of stack ${stack} cannot be read: ${fault.fault}.\n${waysOut(stack, fault.way)}`
  );
}

function waysOut(stack: string, first: string | undefined): string {
  return [
    "Nothing was changed. The ways out:",
    ...(first === undefined ? [] : [`  - ${first}`]),
    `  - to begin anew: npm stop -- --stack ${stack} --yes`,
    "    removes by its labels what the stack has made, and puts the state aside",
  ].join("\n");
}

/** The newest copy of the state, made by Pulumi, that can be read. */
async function newestBackup(stack: string): Promise<string | undefined> {
  const folder = join(stateFolder, "backups", project, stack);
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".json"));
  const files = [`${stateFile(stack)}.bak`, ...names.map((name) => join(folder, name))];
  const good = await Promise.all(
    files.map(async (file) => {
      const { checkpoint } = await readCheckpoint(file).catch(() => ({ checkpoint: {} }));
      const isGood = ((checkpoint as Checkpoint["checkpoint"]).latest?.resources ?? []).length > 0;
      return isGood ? [{ file, time: (await stat(file)).mtimeMs }] : [];
    }),
  );
  return good.flat().sort((a, b) => b.time - a.time)[0]?.file;
}

async function passphraseFault(
  { checkpoint }: Checkpoint,
  env: NodeJS.ProcessEnv,
): Promise<{ fault: string; way: string } | undefined> {
  const { type, state } = checkpoint.latest?.secrets_providers ?? {};
  if (type !== "passphrase" || state?.salt === undefined) return undefined;
  const file = env["PULUMI_CONFIG_PASSPHRASE_FILE"] ?? "";
  const plain = env["PULUMI_CONFIG_PASSPHRASE"];
  const source = plain === undefined ? file : "PULUMI_CONFIG_PASSPHRASE";
  const passphrase = plain ?? (await readFile(file, "utf8").catch(() => undefined));
  if (passphrase === undefined) {
    return {
      fault: `it is encrypted with a passphrase, and ${file} is missing`,
      way: `to go on: put that file back, from a backup`,
    };
  }
  if (await opens(passphrase.trim(), state.salt)) return undefined;
  return {
    fault: `it is encrypted with another passphrase than the one in ${source}`,
    way: `to go on: give the right one in ${source}`,
  };
}

/**
 * Whether a passphrase is the one that a state was encrypted with.
 *
 * Source: https://github.com/pulumi/pulumi/blob/master/pkg/secrets/passphrase/manager.go
 *
 * @param salt `v1:SALT:v1:NONCE:CIPHERTEXT`, where the text is "pulumi".
 */
async function opens(passphrase: string, salt: string): Promise<boolean> {
  const [, random = "", , nonce = "", ciphertext = ""] = salt.split(":");
  const bytes = (text: string) => Buffer.from(text, "base64");
  const key = await promisify(pbkdf2)(passphrase, bytes(random), 1_000_000, 32, "sha256");
  const sealed = bytes(ciphertext);
  const decipher = createDecipheriv("aes-256-gcm", key, bytes(nonce));
  decipher.setAuthTag(sealed.subarray(-16));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]).equals(
      Buffer.from("pulumi"),
    );
  } catch {
    return false;
  }
}

/** Moves the files of a stack's state out of the backend, and returns where they are. */
export async function putAside(stack: string): Promise<string> {
  const file = stateFile(stack);
  const folder = join(ownFolder, "aside", `${stack}-${Date.now()}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const part of [file, `${file}.attrs`, `${file}.bak`, `${file}.bak.attrs`]) {
    if (existsSync(part)) await rename(part, join(folder, basename(part)));
  }
  return folder;
}
