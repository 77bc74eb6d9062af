import { execFile, type ExecFileException } from "node:child_process";

/** A command that failed. The message contains the command and its standard error. */
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

/** The options of {@link run}. */
export interface RunOptions {
  /** Timeout in milliseconds, after which it is killed. Default: 10,000. */
  readonly timeout?: number | undefined;
  /** Default: this process's environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** Its standard input. Default: empty. */
  readonly input?: string | undefined;
}

/**
 * Runs a program until it exits.
 *
 * @returns its standard output.
 * @throws CommandError when it cannot be started, fails or does not end in time.
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
 * Runs the docker client, which uses the user's contexts and `DOCKER_HOST`.
 *
 * @param timeout milliseconds. Default: 10,000.
 * @param env default: this process's environment.
 */
export function docker(
  args: readonly string[],
  timeout?: number,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  return run("docker", args, { timeout, env: clientEnvironment(env) });
}

/**
 * Removes the variables that make the docker client treat this project's images differently from Pulumi's provider
 * and the engine's API:
 *
 * - `DOCKER_CONTENT_TRUST` refuses images that are built here, since nobody has signed them.
 * - `DOCKER_DEFAULT_PLATFORM` selects images for a platform other than the engine's.
 * - `DOCKER_BUILDKIT` fails if the client lacks BuildKit; without it the client uses BuildKit if it can.
 */
export function clientEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = { ...env };
  delete kept["DOCKER_CONTENT_TRUST"];
  delete kept["DOCKER_DEFAULT_PLATFORM"];
  if (kept["DOCKER_BUILDKIT"] !== "0") delete kept["DOCKER_BUILDKIT"];
  return kept;
}

/** Waits for this many milliseconds. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Runs a program's main function. Prints its result as JSON, or the message of its error on standard error. */
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
 * Reads a program's JSON input from an environment variable.
 *
 * @throws Error that names the variable if it is not set or not JSON.
 */
export function inputFrom(variable: string): unknown {
  const text = process.env[variable];
  if (text === undefined)
    throw new Error(
      `The environment variable ${variable} is not set; set it to the program's input as JSON.`,
    );
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`The environment variable ${variable} is not JSON: ${text.slice(0, 200)}`);
  }
}
