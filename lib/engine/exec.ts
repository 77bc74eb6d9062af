import { engine, EngineError } from "./api.ts";
import { demultiplex } from "./multiplexed.ts";

/**
 * Runs a program in a container.
 *
 * @param timeout milliseconds for each of the engine's answers. Default: 10,000.
 * @returns the program's standard output.
 * @throws EngineError when the engine refuses or does not answer in time, or the program fails; the message then
 *   contains the program's output.
 */
export async function execute(
  container: string,
  command: readonly string[],
  timeout = 10_000,
): Promise<string> {
  const id = await createExec(container, { Cmd: command }, timeout);
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
  const reason = (stderr || stdout).trim() || `exit code ${String(code)}`;
  throw new EngineError(`${command.join(" ")} in ${container}`, reason);
}

/** Prepares a program in a container, with its output attached. Errors as of {@link execute}. */
export async function createExec(
  container: string,
  program: { readonly Cmd: readonly string[]; readonly AttachStdin?: boolean },
  timeout: number,
): Promise<string> {
  const path = `/containers/${container}/exec`;
  const body = { ...program, AttachStdout: true, AttachStderr: true };
  const { Id: id } = (await engine({ method: "POST", path, body, timeout })) as { Id: string };
  return id;
}

/** The last lines of a container's output; empty if there are none or the container does not exist. */
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
