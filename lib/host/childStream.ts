import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";

/**
 * A program as a stream: what is written goes to its standard input, what is read comes from its
 * standard output. Ending the stream ends the program's input; destroying it ends the program.
 *
 * The stream fails when the program does; the error then says what the program said.
 */
export function childStream(file: string, args: readonly string[]): ChildStream {
  return new ChildStream(file, args);
}

/** It has of a socket what an HTTP agent needs to keep a connection for the next request. */
export class ChildStream extends Duplex {
  readonly #child: ChildProcessWithoutNullStreams;

  constructor(file: string, args: readonly string[]) {
    super();
    // In a process group of its own: Ctrl-C at the terminal is for us, who end the program in order.
    const child = spawn(file, [...args], { detached: true, windowsHide: true });
    this.#child = child;
    let complaint = "";
    // A broken pipe says less than the program, whose end follows.
    child.stdin.on("error", () => undefined);
    child.stdout.on("data", (data) => this.push(data));
    child.stderr.on("data", (text: Buffer) => (complaint += text.toString()));
    child.once("error", (error) => this.destroy(error));
    // Not at the end of its output: what went wrong is known only when the program has ended.
    child.once("close", (code, signal) => {
      if (code === 0) this.push(null);
      else
        this.destroy(new Error(complaint.trim() || `${file} ended with ${code ?? signal ?? ""}`));
    });
  }

  override _read(): void {
    // What the program says is pushed as it comes.
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.#child.stdin.write(chunk, () => done());
  }

  override _final(done: () => void): void {
    this.#child.stdin.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    endGroup(this.#child);
    done(error);
  }

  /** Keeps this process from ending. So it is at first. */
  ref(): void {
    for (const part of this.#parts()) part.ref();
  }

  /** Lets this process end, and the program with it, since its input ends then. */
  unref(): void {
    for (const part of this.#parts()) part.unref();
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  #parts(): { ref: () => unknown; unref: () => unknown }[] {
    const { stdin, stdout, stderr } = this.#child;
    // Of pipes to a child, which are sockets.
    return [this.#child, ...([stdin, stdout, stderr] as unknown as Socket[])];
  }
}

/** Ends a program with all that it has started: ssh waits half a minute for a server that says nothing. */
function endGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
