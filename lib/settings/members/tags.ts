import { containerHead, packed, sum } from "../../serf/packedSize.ts";
import { isPlainKey, textFault } from "../plainText.ts";

/** Serf sends all tags of a member in 512 bytes of metadata (memberlist's MetaMaxSize). */
export const maxTagBytes = 512;

const allowedNames =
  "letters, digits, dots, dashes and underscores, but not a number; `role` is set by the project";

/**
 * Reads tags other than `role`: a map from names to strings.
 *
 * @param key the setting's key.
 * @param report receives each fault, as a sentence.
 * @returns the tags without faults.
 */
export function parseTags(
  value: unknown,
  key: string,
  report: (fault: string) => void,
): Record<string, string> {
  if (!isMap(value)) {
    report(`${key} is ${JSON.stringify(value)}, allowed is a map from names to strings`);
    return {};
  }
  const tags: [string, string][] = [];
  for (const [name, text] of Object.entries(value)) {
    const fault = isTagName(name)
      ? tagFault(`${key}.${name}`, text)
      : `${key} has the name ${JSON.stringify(name)}, allowed are ${allowedNames}`;
    if (fault === undefined) tags.push([name, text as string]);
    else report(fault);
  }
  return Object.fromEntries(tags);
}

function tagFault(key: string, text: unknown): string | undefined {
  const hasControl = typeof text === "string" && /[\u0000-\u001f\u007f]/.test(text);
  return hasControl
    ? `${key} is ${JSON.stringify(text)}, allowed is a string without control characters`
    : textFault(key, text);
}

function isTagName(name: string): boolean {
  return /^[\w.-]+$/.test(name) && isPlainKey(name) && name !== "role";
}

/** The bytes of a member's tags as Serf sends them; see `encodeTags` in its serf/serf.go. */
export function tagBytes(tags: Readonly<Record<string, string>>): number {
  const entries = Object.entries(tags);
  const magicByte = 1;
  return (
    magicByte +
    containerHead(entries.length) +
    sum(entries.map(([name, text]) => packed(name) + packed(text)))
  );
}

/** Whether a value is a JSON object. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
