import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";

/**
 * A program as a stream: writes go to its standard input, reads come from its standard output. Ending the stream
 * ends the program's input; destroying it kills the program.
 *
 * The stream fails if the program fails; the error contains the program's standard error.
 */
export function childStream(file: string, args: readonly string[]): ChildStream {
  return new ChildStream(file, args);
}

/** Has the socket methods that an HTTP agent needs for keep-alive connections. */
export class ChildStream extends Duplex {
  readonly #child: ChildProcessWithoutNullStreams;

  constructor(file: string, args: readonly string[]) {
    super();
    // A separate process group, so that Ctrl-C at the terminal does not kill the program before this process ends
    // it.
    const child = spawn(file, [...args], { detached: true, windowsHide: true });
    this.#child = child;
    let complaint = "";
    // A broken pipe is less informative than the program's exit, which follows.
    child.stdin.on("error", () => undefined);
    child.stdout.on("data", (data) => this.push(data));
    child.stderr.on("data", (text: Buffer) => (complaint += text.toString()));
    child.once("error", (error) => this.destroy(error));
    // Not at the end of the output: the exit status is known only after the program has exited.
    child.once("close", (code, signal) => {
      if (code === 0) this.push(null);
      else
        this.destroy(new Error(complaint.trim() || `${file} ended with ${code ?? signal ?? ""}`));
    });
  }

  override _read(): void {
    // Output is pushed as it arrives.
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

  /** Keeps this process running, which is the default. */
  ref(): void {
    for (const part of this.#parts()) part.ref();
  }

  /** Lets this process exit; the program's input then ends, and so does the program. */
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
    // Node.js types the pipes as streams, but they are sockets.
    return [this.#child, ...([stdin, stdout, stderr] as unknown as Socket[])];
  }
}

/** Kills a program and all processes that it started: ssh would wait half a minute for a silent server. */
function endGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
