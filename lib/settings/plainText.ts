/**
 * Says what is wrong with a configured value that is to be a text; undefined for a text.
 *
 * YAML makes numbers, truth values and dates of texts without quotes, and Pulumi hands over what they became:
 * 1.10 as 1.1, 007 as 7, True as true. What was written cannot be told any more.
 *
 * @param key of the setting, with which the sentence begins.
 */
export function textFault(key: string, value: unknown): string | undefined {
  const found = `${key} is ${JSON.stringify(value)}`;
  switch (typeof value) {
    case "number":
    case "boolean":
      return `${found}, which is no text, and YAML does not keep how it was written; ${quoteIt(key)}`;
    case "string":
      return pulumiDate.test(value)
        ? `${found}, which Pulumi makes of a date without quotes; ${quoteIt(key)}`
        : undefined;
    default:
      return value === null || value === undefined
        ? `${key} has no value; give it one, or "" for an empty text`
        : `${found}, allowed is a text`;
  }
}

function quoteIt(key: string): string {
  return `quote it in the stack's file, or run \`pulumi config set --path --type string ${key} TEXT\``;
}

/** How Go prints a time: `unmarshalObject` in Pulumi's sdk/go/common/resource/config/object.go. */
const pulumiDate = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? [+-]\d{4} \S+$/;

/** Whether a key may have been a number, a truth value or none, of which YAML keeps no spelling either. */
export function isPlainKey(key: string): boolean {
  return !/^(true|false|-inf|nan|[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?)$/i.test(key);
}
