import { statSync } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../../../lib/host/errors.ts";
import { asTyped } from "../stack/arguments.ts";

/**
 * The path of a file that an option names and that is written later, when a long preview is over.
 *
 * @param typed relative to where the command was typed.
 * @throws UserError when no file can be there.
 */
export function outputFile(option: string, typed: string): string {
  const file = asTyped(typed);
  const fault = typed.trim() === "" || isFolder(file) || !isFolder(dirname(file));
  if (!fault) return file;
  throw new UserError(`--${option} is "${typed}", allowed is a file in a folder that exists.`);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
