import { engine, EngineError } from "./engineApi.ts";

/**
 * Runs a program in a container.
 *
 * @param timeout milliseconds for each of the engine's answers. Default: 10,000.
 * @returns what it wrote to standard output.
 * @throws EngineError when the engine refuses or does not answer in time, or the program fails; the
 *   message then holds what the program said.
 */
export async function execute(
  container: string,
  command: readonly string[],
  timeout = 10_000,
): Promise<string> {
  const { Id: id } = (await engine({
    method: "POST",
    path: `/containers/${container}/exec`,
    body: { Cmd: command, AttachStdout: true, AttachStderr: true },
    timeout,
  })) as { Id: string };
  const output = await engine({
    method: "POST",
    path: `/exec/${id}/start`,
    body: { Detach: false, Tty: false },
    timeout,
  });
  const { stdout, stderr } = demultiplex(output as Buffer);
  const path = `/exec/${id}/json`;
  const { ExitCode: code } = (await engine({ method: "GET", path, timeout })) as {
    ExitCode: number | null;
  };
  if (code === 0) return stdout;
  const said = (stderr || stdout).trim() || `exit code ${String(code)}`;
  throw new EngineError(`${command.join(" ")} in ${container}`, said);
}

/** The end of what a container has written; empty when there is nothing or it is gone. */
export async function containerLog(container: string, lines = 8): Promise<string> {
  const path = `/containers/${container}/logs?stdout=1&stderr=1&tail=${lines}`;
  try {
    const { stdout, stderr } = demultiplex((await engine({ method: "GET", path })) as Buffer);
    return (stdout + stderr).split("\n").filter(Boolean).join("\n");
  } catch (error) {
    if (error instanceof EngineError) return "";
    throw error;
  }
}

/**
 * Takes apart what the engine sends of a program without a terminal: pieces, each after a head of 8
 * bytes with the stream's number in the first one and the piece's length in the last four.
 *
 * Source: https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach
 */
export function demultiplex(output: Buffer): { stdout: string; stderr: string } {
  const streams: Record<"stdout" | "stderr", Buffer[]> = { stdout: [], stderr: [] };
  for (let at = 0; at + 8 <= output.length;) {
    const end = at + 8 + output.readUInt32BE(at + 4);
    streams[output[at] === 2 ? "stderr" : "stdout"].push(output.subarray(at + 8, end));
    at = end;
  }
  // Not piece by piece: a character may be cut in two.
  const text = (pieces: Buffer[]) => Buffer.concat(pieces).toString();
  return { stdout: text(streams.stdout), stderr: text(streams.stderr) };
}
