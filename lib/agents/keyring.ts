/** The lengths in bytes of the keys that Serf encrypts with: AES-128, AES-192 and AES-256. */
const keyLengths = [16, 24, 32];

const setKey = "`pulumi config set --secret gossipKey $(openssl rand -base64 32)`";

/** What {@link gossipKeyFault} lets pass, as words for an error message. */
const allowedKeys = `base64 of 16, 24 or 32 bytes; run ${setKey}`;

/** What is said where a key must be configured and is not. */
export const missingGossipKey =
  "gossipKey is not set, but requireGossipKey is true, and a key that is generated with the stack is " +
  `not enough; run ${setKey}`;

/**
 * What is wrong with a configured gossip key, as a sentence that begins with the setting. The key
 * itself never stands in it.
 *
 * @param isSecret whether Pulumi keeps it encrypted.
 */
export function gossipKeyFault(key: string, isSecret: boolean): string | undefined {
  const bytes = Buffer.from(key, "base64");
  if (bytes.toString("base64") !== key) return `gossipKey is no base64, allowed is ${allowedKeys}`;
  if (!keyLengths.includes(bytes.length)) {
    return `gossipKey has ${bytes.length} bytes, allowed is ${allowedKeys}`;
  }
  if (!isSecret) {
    return (
      "gossipKey stands in plain text in the stack's configuration; it is known to whoever reads that, so " +
      `choose a new one and keep it encrypted: ${setKey}`
    );
  }
  return undefined;
}

/** The keyring file of an agent: the first key encrypts, all decrypt. */
export function keyringFile(keys: readonly string[]): string {
  return `${JSON.stringify(keys)}\n`;
}

/** The keys in a keyring file, the first of which encrypts; none where it is missing or spoilt. */
export function keysIn(file: string | undefined): readonly string[] {
  try {
    const keys: unknown = JSON.parse(file ?? "[]");
    const areKeys = Array.isArray(keys) && keys.every((key) => typeof key === "string");
    return areKeys ? keys : [];
  } catch {
    return [];
  }
}
