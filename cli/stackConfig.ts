/** Reads a stack's configuration file, for what a command must know before Pulumi runs. */
import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { UserError } from "../setup/errors.ts";
import { project } from "./stack.ts";

/** The name of a stack's configuration file. */
export function configFile(stack: string): string {
  return `Pulumi.${stack}.yaml`;
}

/**
 * A setting's plain value in the stack's file; undefined where it is not set or is encrypted.
 *
 * @throws UserError when the file cannot be read.
 */
export function plainSetting(stack: string, key: string): string | undefined {
  const value = settingsIn(stack)[`${project}:${key}`];
  return ["string", "number", "boolean"].includes(typeof value) && value !== ""
    ? String(value)
    : undefined;
}

/** Whether the stack's file sets this, encrypted or not. */
export function isConfigured(stack: string, key: string): boolean {
  return settingsIn(stack)[`${project}:${key}`] !== undefined;
}

function settingsIn(stack: string): Readonly<Record<string, unknown>> {
  const file = configFile(stack);
  if (!existsSync(file)) return {};
  try {
    const content = parse(readFileSync(file, "utf8")) as {
      config?: Readonly<Record<string, unknown>> | null;
    } | null;
    return content?.config ?? {};
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${(error as Error).message}`);
  }
}
