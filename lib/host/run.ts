import { execFile, type ExecFileException } from "node:child_process";

/** A command that did not succeed. The message holds the command and what it said. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly stderr: string;
  /** What it had printed until then. Default: nothing. */
  readonly stdout: string;

  constructor(command: string, stderr: string, cause: ExecFileException, stdout = "") {
    const reason = cause.killed ? "did not answer in time" : stderr.trim() || cause.message;
    super(`${command}: ${reason}`, { cause });
    this.stderr = stderr;
    this.stdout = stdout;
  }
}

/** How a program is run. */
export interface RunOptions {
  /** Milliseconds after which it is killed. Default: 10,000. */
  readonly timeout?: number | undefined;
  /** Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** What it reads from standard input. Default: nothing. */
  readonly input?: string | undefined;
}

/**
 * Runs a program to its end.
 *
 * @returns its standard output.
 * @throws CommandError when it cannot be started, fails or takes too long.
 */
export function run(
  file: string,
  args: readonly string[],
  { timeout = 10_000, env = process.env, input }: RunOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      file,
      [...args],
      { timeout, env, killSignal: "SIGKILL", maxBuffer: 64 * 2 ** 20 },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new CommandError([file, ...args].join(" "), stderr, error, stdout));
      },
    );
    if (input !== undefined) child.stdin?.end(input);
  });
}

/**
 * Runs the docker client, which knows the user's contexts and `DOCKER_HOST`.
 *
 * @param timeout milliseconds. Default: 10,000.
 */
export function docker(args: readonly string[], timeout?: number): Promise<string> {
  return run("docker", args, { timeout, env: clientEnvironment(process.env) });
}

/**
 * An environment without what would let the docker client treat this project's images in another way than
 * Pulumi's provider and the engine's API do, which know nothing of it:
 *
 * - Content trust refuses an image that is built here, which nobody has signed.
 * - A default platform asks for an image that is not this engine's.
 * - BuildKit that is asked for fails where the client lacks it; unasked, the client takes it where it can.
 */
export function clientEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = { ...env };
  delete kept["DOCKER_CONTENT_TRUST"];
  delete kept["DOCKER_DEFAULT_PLATFORM"];
  if (kept["DOCKER_BUILDKIT"] !== "0") delete kept["DOCKER_BUILDKIT"];
  return kept;
}

/** Waits this many milliseconds. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Runs a program's main function: its result as JSON on standard output, an error as a sentence. */
export async function printResult(main: () => Promise<unknown>): Promise<void> {
  try {
    const result = await main();
    if (result !== undefined) console.log(JSON.stringify(result));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

/**
 * The JSON input of a program, from an environment variable.
 *
 * @throws Error that names the variable when it is not set or is no JSON.
 */
export function inputFrom(variable: string): unknown {
  const text = process.env[variable];
  if (text === undefined) throw new Error(`The environment variable ${variable} is not set.`);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`The environment variable ${variable} is not JSON: ${text.slice(0, 200)}`);
  }
}
