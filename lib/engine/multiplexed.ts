/**
 * What the engine sends of a program without a terminal: pieces, each after a head of 8 bytes with the
 * stream's number in the first one and the piece's length in the last four.
 *
 * Source: https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach
 */

/** Something that the program has written. */
export interface Piece {
  readonly stream: "stdout" | "stderr";
  readonly content: Buffer;
}

/** The pieces that are whole, and what is left of the bytes. */
export function takePieces(bytes: Buffer): { pieces: Piece[]; rest: Buffer } {
  const pieces: Piece[] = [];
  let at = 0;
  while (at + 8 <= bytes.length) {
    const end = at + 8 + bytes.readUInt32BE(at + 4);
    if (end > bytes.length) break;
    const stream = bytes[at] === 2 ? "stderr" : "stdout";
    pieces.push({ stream, content: bytes.subarray(at + 8, end) });
    at = end;
  }
  return { pieces, rest: bytes.subarray(at) };
}

/** All that a program has written, by where it wrote it. */
export function demultiplex(output: Buffer): Record<Piece["stream"], string> {
  const { pieces } = takePieces(output);
  // Not piece by piece: a character may be cut in two.
  const text = (wanted: Piece["stream"]) =>
    Buffer.concat(
      pieces.filter(({ stream }) => stream === wanted).map(({ content }) => content),
    ).toString();
  return { stdout: text("stdout"), stderr: text("stderr") };
}
