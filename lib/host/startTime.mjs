import { readFileSync } from "node:fs";

/**
 * Distinguishes a running process from a later one with the same pid: the kernel's boot ID and the process's start
 * time in clock ticks. Without /proc it is the same for all processes.
 *
 * @param {number} pid
 * @returns {string | undefined} undefined if there is no such process.
 */
export function startTimeOf(pid) {
  if (process.platform !== "linux") return isAlive(pid) ? "unknown" : undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The program's name in parentheses may itself contain spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z") return undefined;
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot}/${fields[19] ?? ""}`;
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}
