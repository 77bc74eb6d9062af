import { buffer } from "node:stream/consumers";

/** The bytes that the argument PAYLOAD stands for: its text, or standard input for `-`. Default: none. */
export async function payloadFrom(argument: string | undefined): Promise<Uint8Array> {
  return argument === "-" ? await buffer(process.stdin) : Buffer.from(argument ?? "");
}

/** A payload in a form that a text can hold. */
export interface ReadablePayload {
  readonly payload: string;
  readonly encoding: "utf-8" | "base64";
}

/** As text when it is UTF-8 that shows on a terminal as it is, else in base64. Nothing is lost. */
export function readablePayload(bytes: Uint8Array): ReadablePayload {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    if (isPrintable(text)) return { payload: text, encoding: "utf-8" };
  } catch {
    // Not UTF-8.
  }
  return { payload: Buffer.from(bytes).toString("base64"), encoding: "base64" };
}

/** Whether a text has no control character but tab and line ends, and none that reverses a line. */
function isPrintable(text: string): boolean {
  return !/(?![\t\n\r])\p{Cc}|\p{Bidi_Control}/u.test(text);
}

/** A payload for people: base64 is said to be such. Spaces and line ends at the end are left out. */
export function shownPayload(bytes: Uint8Array): string {
  const { payload, encoding } = readablePayload(bytes);
  return encoding === "utf-8"
    ? payload.trimEnd()
    : `${payload} (base64 of ${bytes.length} bytes that are no printable text)`;
}
