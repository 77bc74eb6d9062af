/** Serf sends all tags of a member in 512 bytes of metadata (memberlist's MetaMaxSize). */
const maxTagBytes = 512;

/** What {@link parseTags} accepts, as words for an error message. */
export const allowedTags =
  "a map from names to texts, at most 512 bytes in all; a name has letters, digits, dots, dashes and " +
  "underscores and is not `role`, which the project sets; a text has no control characters";

/** Reads tags beside `role`; undefined when the value is not {@link allowedTags}. */
export function parseTags(value: unknown): Record<string, string> | undefined {
  if (!isMap(value)) return undefined;
  const tags: Record<string, string> = {};
  for (const [name, text] of Object.entries(value)) {
    if (!/^[\w.-]+$/.test(name) || name === "role" || !isText(text)) return undefined;
    tags[name] = String(text);
  }
  return fits(tags) ? tags : undefined;
}

/** Whether Serf can send the tags of a member, its role among them. */
export function fits(tags: Readonly<Record<string, string>>): boolean {
  const entries = Object.entries({ ...tags, role: "x".repeat(16) });
  // Four bytes for the lengths of a name and a text.
  const bytes = entries.reduce((sum, [name, text]) => sum + Buffer.byteLength(name + text) + 4, 0);
  return bytes <= maxTagBytes;
}

/** `pulumi config set --path tags.replica 1` stores the number 1. */
function isText(value: unknown): value is string | number | boolean {
  if (typeof value === "string") return !/[\u0000-\u001f\u007f]/.test(value);
  return typeof value === "number" || typeof value === "boolean";
}

/** Whether a value is what JSON writes in braces. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
