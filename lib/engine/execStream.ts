import { Duplex } from "node:stream";
import { type EngineStream, upgrade } from "./api.ts";
import { createExec } from "./exec.ts";
import { takePieces } from "./multiplexed.ts";

/**
 * Runs a program in a container as a stream: writes go to its standard input, reads come from its standard output.
 * The program's input ends with the stream, even if this process is killed.
 *
 * The stream fails if the program ends after writing to standard error.
 *
 * @param timeout milliseconds for each of the engine's answers. Default: 10,000.
 * @throws EngineError when the engine refuses or does not answer in time.
 */
export async function containerStream(
  container: string,
  command: readonly string[],
  timeout = 10_000,
): Promise<ContainerStream> {
  const id = await createExec(container, { Cmd: command, AttachStdin: true }, timeout);
  const path = `/exec/${id}/start`;
  const body = { Detach: false, Tty: false };
  return new ContainerStream(await upgrade({ method: "POST", path, body, timeout }));
}

/** A program in a container. Ending the stream ends the program's input. */
export class ContainerStream extends Duplex {
  readonly #carrier: EngineStream;
  #rest: Buffer = Buffer.alloc(0);
  #complaint = "";

  constructor(carrier: EngineStream) {
    super();
    this.#carrier = carrier;
    carrier.on("data", (chunk: Buffer) => this.#take(chunk));
    carrier.once("error", (error) => this.destroy(error));
    carrier.once("end", () => {
      if (this.#complaint === "") this.push(null);
      else this.destroy(new Error(this.#complaint.trim()));
    });
    carrier.once("close", () => this.push(null));
  }

  /** Lets this process exit while the stream is open. */
  unref(): this {
    this.#carrier.unref();
    return this;
  }

  override _read(): void {
    // Output is pushed as it arrives.
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#carrier.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#carrier.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#carrier.destroy();
    done(error);
  }

  #take(chunk: Buffer): void {
    const { pieces, rest } = takePieces(Buffer.concat([this.#rest, chunk]));
    this.#rest = rest;
    for (const { stream, content } of pieces) {
      if (stream === "stdout") this.push(content);
      else this.#complaint += content.toString();
    }
  }
}
