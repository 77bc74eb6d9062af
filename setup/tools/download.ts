import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { basename } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { UserError } from "../../lib/host/errors.ts";

/** The server does not answer, or does not have the file. The caller may have another way to get it. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** Timeouts for a server, in milliseconds. */
export interface Patience {
  /** Until it answers. Default: 5,000. */
  readonly answer: number;
  /** Between two chunks of a file. Default: 20,000. */
  readonly silence: number;
}

export const patience: Patience = { answer: 5_000, silence: 20_000 };

/** How often a download is tried when the transfer breaks off. */
const attempts = 3;

/**
 * Downloads a small text.
 *
 * @throws Unreachable
 */
export async function fetchText(url: string, within = patience): Promise<string> {
  const { response, guard } = await open(url, within);
  try {
    return await response.text();
  } catch (error) {
    throw new Unreachable(`${url}: ${reasonOf(error)}`, { cause: error });
  } finally {
    guard.end();
  }
}

/**
 * Downloads a file and verifies it. A file with another checksum is removed.
 *
 * @param checksum in hexadecimal; SHA-256 or SHA-1, depending on its length.
 * @throws Unreachable when the server does not answer or does not have the file.
 * @throws UserError when the transfer breaks off three times or the file is not the expected one.
 */
export async function download(
  url: string,
  file: string,
  checksum: string,
  within = patience,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const { response, guard } = await open(url, within);
    try {
      await pipeline(
        Readable.fromWeb(response.body!),
        async function* (parts: AsyncIterable<Uint8Array>) {
          for await (const part of parts) {
            guard.alive();
            yield part;
          }
        },
        createWriteStream(file),
      );
      break;
    } catch (error) {
      await rm(file, { force: true });
      // Retrying does not help when the disk is full.
      if (isFileError(error) || attempt === attempts) {
        throw new UserError(
          `The download of ${url} broke off (${reasonOf(error)}). Run the command again.`,
          { cause: error },
        );
      }
    } finally {
      guard.end();
    }
  }
  const algorithm = checksum.length === 40 ? "SHA-1" : "SHA-256";
  const found = createHash(algorithm)
    .update(await readFile(file))
    .digest("hex");
  if (found !== checksum) {
    await rm(file, { force: true });
    throw new UserError(
      `${url} has the ${algorithm} checksum ${found}, expected ${checksum}. It was not used. ` +
        "A proxy may have changed it; try again from another network.",
    );
  }
}

/**
 * Finds the checksum of a file in a list with lines `CHECKSUM  NAME`. Pulumi publishes SHA-256 for its command
 * line, and SHA-1 with names `./NAME` for its plugins (publish.yml in pulumi/pulumi-docker).
 *
 * @throws UserError when the list does not have the file.
 */
export function checksumIn(list: string, url: string): string {
  const name = basename(new URL(url).pathname);
  for (const line of list.split("\n")) {
    const [, sum, file] = checksumLine.exec(line.trim()) ?? [];
    if (file === name && sum !== undefined) return sum.toLowerCase();
  }
  throw new UserError(`The list of checksums for ${url} does not have ${name}.`);
}

const checksumLine = /^([0-9a-f]{64}|[0-9a-f]{40})\s+\*?(?:\.\/)?(\S+)$/i;

async function open(url: string, within: Patience) {
  const guard = new Guard(within.answer);
  try {
    const response = await fetch(url, { signal: guard.signal });
    if (!response.ok) throw new Error(`the server answers ${response.status}`);
    guard.relax(within.silence);
    return { response, guard };
  } catch (error) {
    guard.end();
    throw new Unreachable(`${url}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Aborts a transfer when no data arrives for too long. */
class Guard {
  readonly #controller = new AbortController();
  #milliseconds: number;
  #timer: NodeJS.Timeout;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
    this.#timer = this.#start();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  #start(): NodeJS.Timeout {
    return setTimeout(() => {
      this.#controller.abort(new Error(`no answer for ${this.#milliseconds / 1000} s`));
    }, this.#milliseconds);
  }

  alive(): void {
    this.#timer.refresh();
  }

  relax(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#milliseconds = milliseconds;
    this.#timer = this.#start();
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

function isFileError(error: unknown): boolean {
  return (
    error instanceof Error &&
    "syscall" in error &&
    (error.syscall === "write" || error.syscall === "open")
  );
}

/** `fetch` wraps the reason, such as a refused connection, in an error that only says "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.message === "fetch failed"
    ? error.cause.message || String(error.cause)
    : error.message;
}
