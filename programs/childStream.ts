import { spawn } from "node:child_process";
import { Duplex } from "node:stream";

/**
 * A program as a stream: what is written goes to its standard input, what is read comes from its
 * standard output. Ending the stream ends the program's input; destroying it ends the program.
 *
 * The stream fails when the program does; the error then says what the program said.
 */
export function childStream(file: string, args: readonly string[]): Duplex {
  // In a process group of its own: Ctrl-C at the terminal is for us, who end the program in order.
  const child = spawn(file, [...args], { detached: true, windowsHide: true });
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk, _, done) => child.stdin.write(chunk, () => done()),
    final: (done) => child.stdin.end(done),
    destroy: (error, done) => {
      child.kill();
      done(error);
    },
  });
  let complaint = "";
  // A broken pipe says less than the program, whose end follows.
  child.stdin.on("error", () => undefined);
  child.stdout.on("data", (data) => stream.push(data));
  child.stderr.on("data", (text: Buffer) => (complaint += text.toString()));
  child.once("error", (error) => stream.destroy(error));
  // Not at the end of its output: what went wrong is known only when the program has ended.
  child.once("close", (code, signal) => {
    if (code === 0) stream.push(null);
    else
      stream.destroy(new Error(complaint.trim() || `${file} ended with ${code ?? signal ?? ""}`));
  });
  return stream;
}
