/**
 * The fault of a configured value that must be a string; undefined for a string.
 *
 * YAML turns unquoted text into numbers, booleans and dates, and Pulumi passes on the result: 1.10 becomes 1.1, 007
 * becomes 7, True becomes true. The original spelling is lost.
 *
 * @param key the setting's key, with which the sentence begins.
 */
export function textFault(key: string, value: unknown): string | undefined {
  const found = `${key} is ${JSON.stringify(value)}`;
  switch (typeof value) {
    case "number":
    case "boolean":
      return `${found}, which is not a string, and YAML may have changed its spelling; ${quoteIt(key)}`;
    case "string":
      return pulumiDate.test(value)
        ? `${found}, which Pulumi has made from an unquoted date; ${quoteIt(key)}`
        : undefined;
    default:
      return value === null || value === undefined
        ? `${key} has no value; set one, or "" for an empty string`
        : `${found}, allowed is a string`;
  }
}

function quoteIt(key: string): string {
  return `quote it in the stack's file, or run \`pulumi config set --path --type string ${key} TEXT\``;
}

/** Go's format of a time; see `unmarshalObject` in Pulumi's sdk/go/common/resource/config/object.go. */
const pulumiDate = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? [+-]\d{4} \S+$/;

/** Whether a key cannot have been an unquoted number, boolean or null, whose spelling YAML does not keep either. */
export function isPlainKey(key: string): boolean {
  return !/^(true|false|-inf|nan|[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?)$/i.test(key);
}
