/**
 * Keeps the passphrase's salt out of the configuration files, which are in git.
 *
 * Pulumi writes the salt into the stack's configuration file. When each clone has a passphrase of its own, one
 * clone's salt would lock out all others. Only a file with encrypted values needs it: for the state, Pulumi uses
 * the salt in the state (`PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER`).
 */
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parse, parseDocument, visit } from "yaml";
import { project } from "../../../lib/cluster/names.ts";
import { ownFolder } from "../../../lib/host/ownFolder.ts";
import { startTimeOf } from "../../../lib/host/startTime.mjs";

/** The texts of configuration files, by file name. */
export type ConfigFiles = Readonly<Record<string, string>>;

/** What the files were when a run began, so that the next run can restore them if this one is killed. */
interface RunNote {
  readonly born: string;
  readonly before: ConfigFiles;
}

/** The folder of the notes. */
const notes = join(ownFolder, "runs");

/**
 * Runs work that calls Pulumi, then removes the salts that Pulumi wrote. Also removes those left by a run that
 * was killed. Several runs may work at the same time.
 */
export async function withoutSalts<T>(work: () => Promise<T>): Promise<T> {
  await mkdir(notes, { recursive: true });
  await cleanUpAfterTheDead();
  const before = readConfigFiles();
  const note = join(notes, `${process.pid}.json`);
  await writeFile(`${note}.new`, JSON.stringify({ born: startTimeOf(process.pid), before }));
  await rename(`${note}.new`, note);
  try {
    return await work();
  } finally {
    await restore(before);
    await rm(note, { force: true });
  }
}

async function cleanUpAfterTheDead(): Promise<void> {
  for (const name of await readdir(notes)) {
    const pid = Number(/^(\d+)\.json$/.exec(name)?.[1]);
    if (Number.isNaN(pid)) continue;
    const file = join(notes, name);
    try {
      const { born, before } = JSON.parse(readFileSync(file, "utf8")) as RunNote;
      if (startTimeOf(pid) === born) continue;
      await restore(before);
      await rm(file, { force: true });
    } catch (error) {
      // Another run has cleaned up meanwhile.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
}

function readConfigFiles(): ConfigFiles {
  const names = readdirSync(".").filter((name) => /^Pulumi\..+\.yaml$/.test(name));
  return Object.fromEntries(names.map((name) => [name, readFileSync(name, "utf8")]));
}

async function restore(before: ConfigFiles): Promise<void> {
  for (const [name, text] of Object.entries(unsalted(before, readConfigFiles()))) {
    if (text === undefined) {
      await rm(name);
      continue;
    }
    // Atomically, since another program may be reading it.
    await writeFile(`${name}.${process.pid}`, text);
    await rename(`${name}.${process.pid}`, name);
  }
}

/**
 * The new texts of files that got a salt they do not need; undefined for a file to delete, which Pulumi
 * created only for the salt.
 */
export function unsalted(
  before: ConfigFiles,
  now: ConfigFiles,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(now).flatMap(([name, text]): [string, string | undefined][] => {
      const former = before[name];
      if (!saltLine.test(text) || (former !== undefined && saltLine.test(former))) return [];
      const content = contentOf(text);
      if (content === undefined || hasSecret(content)) return [];
      const rest = text.replace(saltLine, "");
      const isSame = former !== undefined && isDeepStrictEqual(meaningOf(former), meaningOf(rest));
      if (isSame) return [[name, former]];
      return [[name, former === undefined && rest.trim() === "" ? undefined : rest]];
    }),
  );
}

const saltLine = /^encryptionsalt:.*\n?/m;

/** @returns undefined when the text is not valid YAML. */
function contentOf(text: string): unknown {
  try {
    return parse(text, { merge: true }) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * As `contentOf`, but reads numbers and dates as Pulumi's YAML 1.1 parser does, such as `017` or `2020-01-01`.
 *
 * @returns undefined when the text is not valid YAML.
 */
function contentAsPulumiReads(text: string): unknown {
  try {
    const document = parseDocument(text, { merge: true });
    visit(document, {
      Scalar(_, node) {
        const source = node.type === "PLAIN" ? node.source : undefined;
        node.value =
          (source === undefined ? undefined : (numberIn(source) ?? dateIn(source))) ??
          writtenDate(node.value) ??
          node.value;
      },
    });
    return document.toJS() as unknown;
  } catch {
    return undefined;
  }
}

/** Reads `2_500`, `017` and `0b11`, which are numbers only in YAML 1.1. */
function numberIn(source: string): number | undefined {
  const [, sign, digits] = /^([-+]?)(\d[\dA-Za-z_.]*)$/.exec(source.replaceAll("_", "")) ?? [];
  if (digits === undefined) return undefined;
  const value = Number(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return Number.isNaN(value) ? undefined : sign === "-" ? -value : value;
}

/** Reads an unquoted date. */
function dateIn(source: string): Date | undefined {
  const [, year = "", month = "", day = "", time = "00:00:00", zone = "Z"] =
    /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt ](\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[-+]\d\d:\d\d)?)?$/.exec(
      source,
    ) ?? [];
  if (day === "") return undefined;
  return dateOf(`${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}T${time}${zone}`);
}

/** Reads a date in the form that Pulumi writes: `2020-01-01 00:00:00 +0000 UTC`. */
function writtenDate(value: unknown): Date | undefined {
  const [, day = "", time = "", hours = "", minutes = ""] =
    /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) ([-+]\d\d)(\d\d) \S+$/.exec(String(value)) ?? [];
  return day === "" ? undefined : dateOf(`${day}T${time}${hours}:${minutes}`);
}

function dateOf(text: string): Date | undefined {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/**
 * What a file means to Pulumi. When Pulumi writes the salt, it rewrites the whole file: with full keys, with
 * numbers and booleans as strings, and without the original formatting and anchors.
 */
function meaningOf(text: string): object {
  const { config, ...others } = (contentAsPulumiReads(text) ?? {}) as Content;
  const known = ["environment", "secretsprovider", "encryptedkey"];
  return {
    ...Object.fromEntries(Object.entries(others).filter(([key]) => known.includes(key))),
    config: Object.fromEntries(
      Object.entries(config ?? {}).map(([key, value]) => [
        key.includes(":") ? key : `${project}:${key}`,
        textOf(value),
      ]),
    ),
  };
}

/** The string that Pulumi turns a scalar into; maps and lists are kept. */
function textOf(value: ConfigValue): string | object {
  if (value === null) return "";
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" ? value : String(value);
}

type ConfigValue = string | number | boolean | object | null;

interface Content {
  readonly config?: Readonly<Record<string, ConfigValue>> | null;
  readonly [key: string]: unknown;
}

/** Whether any value in it is encrypted. */
function hasSecret(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return "secure" in value || Object.values(value).some(hasSecret);
}
