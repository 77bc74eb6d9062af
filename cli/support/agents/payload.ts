import { buffer } from "node:stream/consumers";

/** The bytes of the argument PAYLOAD: its text, or standard input for `-`. Default: no bytes. */
export async function payloadFrom(argument: string | undefined): Promise<Uint8Array> {
  return argument === "-" ? await buffer(process.stdin) : Buffer.from(argument ?? "");
}

/** A payload as text. */
export interface ReadablePayload {
  readonly payload: string;
  readonly encoding: "utf-8" | "base64";
}

/** Text when the payload is UTF-8 that is safe to print on a terminal, else base64. */
export function readablePayload(bytes: Uint8Array): ReadablePayload {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    if (isPrintable(text)) return { payload: text, encoding: "utf-8" };
  } catch {
    // Not UTF-8.
  }
  return { payload: Buffer.from(bytes).toString("base64"), encoding: "base64" };
}

/** Whether a text has no control characters except tabs and line ends, and none for bidirectional text. */
function isPrintable(text: string): boolean {
  return !/(?![\t\n\r])\p{Cc}|\p{Bidi_Control}/u.test(text);
}

/** A payload for people to read. Trailing whitespace is removed, and base64 is marked as such. */
export function shownPayload(bytes: Uint8Array): string {
  const { payload, encoding } = readablePayload(bytes);
  return encoding === "utf-8"
    ? payload.trimEnd()
    : `${payload} (base64 of ${bytes.length} bytes that are not printable text)`;
}
