/**
 * Calculates lengths in MessagePack as Serf encodes it between agents: in the old format, which has no strings with
 * a length of one byte.
 *
 * Source: `encodeStringBytes` and `writeContainerLen` in
 * https://github.com/hashicorp/go-msgpack/blob/v2.1.5/codec/msgpack.go
 */

/** The bytes of a string, or of binary data of a given length, including the header. */
export function packed(content: string | number): number {
  const length = typeof content === "string" ? Buffer.byteLength(content) : content;
  return length + (length < 32 ? 1 : 3);
}

/** The bytes of the header of a list or map. */
export function containerHead(items: number): number {
  return items < 16 ? 1 : 3;
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
