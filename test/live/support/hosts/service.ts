import { eventually } from "./eventually.ts";
import type { SimulatedHost } from "./host.ts";
import { endOf } from "./log.ts";

/** A program that runs on a simulated host until the host is removed. */
export interface Service {
  readonly command: readonly [string, ...string[]];
  /** The file that gets its output. */
  readonly log: string;
  /** Default: this process's environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** Resolves when it works. */
  readonly answers: () => Promise<unknown>;
}

/**
 * Starts a service and waits until it answers.
 *
 * @throws Error with the end of its log when it does not.
 */
export async function startService(
  host: SimulatedHost,
  { command: [file, ...args], log, env, answers }: Service,
): Promise<void> {
  const child = host.spawn(file, args, log, env);
  let reason: unknown;
  const look = () =>
    answers().then(
      () => true,
      (error: unknown) => {
        if (child.exitCode !== null) throw error;
        reason = error;
        return undefined;
      },
    );
  await eventually(`An answer of ${file} on ${host.name}`, 120_000, look).catch(
    (error: unknown) => {
      throw new Error(`${String(error)} ${String(reason)}\n${log} ends with:\n${endOf(log)}`);
    },
  );
}
