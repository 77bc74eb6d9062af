import { spawn } from "node:child_process";
import { constants } from "node:os";

/**
 * Runs a program in the user's terminal and forwards signals to it.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{
 *   cwd?: string,
 *   env?: NodeJS.ProcessEnv,
 *   stdio?: import("node:child_process").StdioOptions,
 *   started?: (child: import("node:child_process").ChildProcess) => void,
 * }} [options] `started` gets the process, to read what `stdio` pipes
 * @returns {Promise<number>} its exit code; 128 plus the signal's number if a signal ended it.
 */
export function foreground(file, args, { started, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: "inherit", ...options });
    started?.(child);
    // On Ctrl-C a terminal signals the child as well. A second SIGINT would make Pulumi cancel at once and lose
    // track of the resources that it was creating.
    /** @param {NodeJS.Signals} signal */
    const forward = (signal) => {
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    };
    /** @type {NodeJS.Signals[]} */
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    for (const signal of signals) process.on(signal, forward);
    const settle = () => {
      for (const signal of signals) process.off(signal, forward);
    };
    child.once("error", (error) => {
      settle();
      reject(error);
    });
    child.once("exit", (code, signal) => {
      settle();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
