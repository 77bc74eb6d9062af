/**
 * The engine's format for the output of a program without a terminal: frames with a header of 8 bytes, of which the
 * first is the stream's number and the last four are the frame's length.
 *
 * Source: https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach
 */

/** One frame of the program's output. */
export interface Piece {
  readonly stream: "stdout" | "stderr";
  readonly content: Buffer;
}

/** Splits bytes into complete frames and the remaining bytes. */
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

/** A program's complete output, by stream. */
export function demultiplex(output: Buffer): Record<Piece["stream"], string> {
  const { pieces } = takePieces(output);
  // Decode once at the end: a multi-byte character can be split across frames.
  const text = (wanted: Piece["stream"]) =>
    Buffer.concat(
      pieces.filter(({ stream }) => stream === wanted).map(({ content }) => content),
    ).toString();
  return { stdout: text("stdout"), stderr: text("stderr") };
}
