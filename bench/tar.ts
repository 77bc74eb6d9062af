/**
 * A tar archive of one file of root's, as the engine takes it.
 *
 * @param path where the file lies, without a leading slash; at most 100 bytes.
 * @param mode its permissions.
 */
export function archive(path: string, content: string, mode: number): Buffer {
  const data = Buffer.from(content);
  const header = Buffer.alloc(blockSize);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
  header.write(path, 0);
  header.write(octal(mode, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(data.length, 11), 124);
  header.write(octal(0, 11), 136);
  header.write("0", 156);
  header.write("ustar\u000000", 257);
  // The checksum is taken with spaces in its own place.
  header.write(" ".repeat(8), 148);
  header.write(
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
    148,
  );
  const padding = Buffer.alloc(-data.length & (blockSize - 1));
  return Buffer.concat([header, data, padding, Buffer.alloc(2 * blockSize)]);
}

const blockSize = 512;
