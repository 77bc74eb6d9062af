/** The key lengths that Serf accepts, in bytes: AES-128, AES-192 and AES-256. */
const keyLengths = [16, 24, 32];

const setKey = "`pulumi config set --secret gossipKey $(openssl rand -base64 32)`";

/** What {@link gossipKeyFault} accepts, for error messages. */
const allowedKeys = `base64 of 16, 24 or 32 bytes; run ${setKey}`;

/** The fault if a key must be configured but is not. */
export const missingGossipKey =
  "gossipKey is not set, but requireGossipKey is true, so a key generated with the stack is not allowed; " +
  `run ${setKey}`;

/**
 * What is wrong with a configured gossip key, as a sentence that begins with the setting. It never contains the
 * key itself.
 *
 * @param isSecret whether Pulumi stores it encrypted.
 */
export function gossipKeyFault(key: string, isSecret: boolean): string | undefined {
  const bytes = Buffer.from(key, "base64");
  if (bytes.toString("base64") !== key) return `gossipKey is not base64, allowed is ${allowedKeys}`;
  if (!keyLengths.includes(bytes.length)) {
    return `gossipKey has ${bytes.length} bytes, allowed is ${allowedKeys}`;
  }
  if (!isSecret) {
    return (
      "gossipKey is in plain text in the stack's configuration, where anybody who can read the file can see it; " +
      `choose a new key and store it encrypted with ${setKey}`
    );
  }
  return undefined;
}

/** The content of an agent's keyring file. The first key encrypts; all keys decrypt. */
export function keyringFile(keys: readonly string[]): string {
  return `${JSON.stringify(keys)}\n`;
}

/** The keys in a keyring file, the encrypting one first. Empty if the file is missing or invalid. */
export function keysIn(file: string | undefined): readonly string[] {
  try {
    const keys: unknown = JSON.parse(file ?? "[]");
    const areKeys = Array.isArray(keys) && keys.every((key) => typeof key === "string");
    return areKeys ? keys : [];
  } catch {
    return [];
  }
}
