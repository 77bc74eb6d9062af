import { run } from "../../../lib/host/run.ts";

/** Sends a signal to a process and all its descendants. */
export async function killTree(pid: number, signal: NodeJS.Signals): Promise<void> {
  // Ctrl-C in a terminal reaches only the foreground process group, which does not include the plugins.
  if (signal === "SIGINT") send(pid, signal);
  else for (const member of await standstill(pid)) send(member, signal);
}

/** Suspends a process and all its descendants, so that they start nothing in the meantime. */
async function standstill(pid: number): Promise<Set<number>> {
  const stopped = new Set<number>();
  for (let added = [pid]; added.length > 0;) {
    for (const member of added) {
      stopped.add(member);
      send(member, "SIGSTOP");
    }
    const table = (await run("ps", ["-eo", "pid=,ppid="])).trim().split("\n");
    added = table
      .map((line) => line.trim().split(/\s+/).map(Number) as [number, number])
      .filter(([child, parent]) => stopped.has(parent) && !stopped.has(child))
      .map(([child]) => child);
  }
  return stopped;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended together with its parent.
  }
}
