import { EngineError } from "../engine/api.ts";
import { containerLog } from "../engine/exec.ts";
import { stateOf } from "./lifecycle.ts";

/** How many containers' logs are shown at most: if many containers end, it is usually for the same reason. */
const most = 3;

/**
 * Describes containers that have ended or that the engine had to restart, with the last lines of their logs.
 *
 * @param containers names or IDs. Those that do not exist, or run normally, are skipped.
 * @returns text to append to an error, each container on a new line; empty if there is none.
 */
export async function logsOfEnded(containers: readonly string[]): Promise<string> {
  const texts: string[] = [];
  for (const container of containers) {
    if (texts.length === most) break;
    const what = await endOf(container);
    if (what === undefined) continue;
    const log = await containerLog(container);
    texts.push(`\n${what}, and its log ${log === "" ? "is empty." : `ends:\n${log}`}`);
  }
  return texts.join("");
}

/** What happened to a container, as the beginning of a sentence; undefined if it is running normally. */
async function endOf(container: string): Promise<string | undefined> {
  try {
    const { name, isRunning, restarts } = await stateOf(container);
    if (restarts > 0) return `The container ${name} has ended and was restarted ${restarts} times`;
    return isRunning ? undefined : `The container ${name} is not running`;
  } catch (error) {
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}
