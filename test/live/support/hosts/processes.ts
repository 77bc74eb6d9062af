import { startTimeOf } from "../../../../lib/host/startTime.mjs";
import { eventually } from "./eventually.ts";

/** A process. The start time distinguishes it from a later one with the same pid. */
export interface Process {
  readonly pid: number;
  readonly born: string | undefined;
}

export function processOf(pid: number): Process {
  return { pid, born: startTimeOf(pid) };
}

export function isRunning({ pid, born }: Process): boolean {
  return born !== undefined && startTimeOf(pid) === born;
}

/** Kills processes and waits until they have ended. */
export async function killAll(processes: readonly Process[]): Promise<void> {
  for (const one of processes.filter(isRunning)) process.kill(one.pid, "SIGKILL");
  // The first process in a pid namespace ends only after all others there.
  await eventually("The end of the killed processes", 20_000, () =>
    processes.some(isRunning) ? undefined : true,
  );
}
