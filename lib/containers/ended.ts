import { EngineError } from "../engine/api.ts";
import { containerLog } from "../engine/exec.ts";
import { stateOf } from "./lifecycle.ts";

/** How many containers' logs are told: those of many that end tell the same. */
const most = 3;

/**
 * Tells of containers that have ended, or that the engine had to start again, how their logs end.
 *
 * @param containers names or IDs; those that are not there, or run, are passed over.
 * @returns lines to end an error with, each after a line break; empty where there are none.
 */
export async function logsOfEnded(containers: readonly string[]): Promise<string> {
  const told: string[] = [];
  for (const container of containers) {
    if (told.length === most) break;
    const what = await endOf(container);
    if (what === undefined) continue;
    const log = await containerLog(container);
    told.push(`\n${what}, and ${log === "" ? "has logged nothing." : `its log ends:\n${log}`}`);
  }
  return told.join("");
}

/** What has become of it, as the beginning of a sentence; undefined where it runs as it was started. */
async function endOf(container: string): Promise<string | undefined> {
  try {
    const { name, isRunning, restarts } = await stateOf(container);
    if (restarts > 0)
      return `The container ${name} has ended and was started again ${restarts} times`;
    return isRunning ? undefined : `The container ${name} does not run`;
  } catch (error) {
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}
