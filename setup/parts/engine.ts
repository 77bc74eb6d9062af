import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { pingEngine } from "../../lib/engine/api.ts";
import { chosenEngine } from "../../lib/engine/context.ts";
import { defaultHost } from "../../lib/engine/host.ts";
import { UserError } from "../../lib/host/errors.ts";
import { CommandError, docker, pause, run } from "../../lib/host/run.ts";
import { installPackages, obstacleToPackages } from "../tools/debian.ts";
import { during } from "../tools/progress.ts";
import type { Part, Provider } from "./part.ts";

const documentation = "https://docs.docker.com/engine/install";
/** Milliseconds that an engine on another host may take to answer. */
const answerTimeout = 6000;
const engineLog = "/var/log/dockerd.log";

/** A running Docker engine: the user's, or Debian's package where it can be installed and started. */
export const engineProvider: Provider = {
  look: () => answeringEngine("already running"),
  provide: provideEngine,
  missing: () => `No Docker engine answers. Start one, or install it: ${documentation}`,
};

/** @throws UserError when the user has chosen another engine than the local one, and it does not answer. */
async function answeringEngine(source: string): Promise<Part | undefined> {
  const chosen = chosenEngine();
  if (chosen !== undefined && chosen.host !== defaultHost) {
    const tool = { name: "Docker engine", source: `${chosen.source}, ${chosen.host}` };
    const version = await pingEngine(answerTimeout).catch((error: unknown) => {
      throw new UserError(
        `${chosen.source} is ${chosen.host}, but no Docker engine answers there: ${(error as Error).message}. ` +
          "Start that engine, or choose another.",
      );
    });
    return { tools: [{ ...tool, version }], env: {}, path: [] };
  }
  const version = await engineVersion().catch(() => undefined);
  if (version === undefined) return undefined;
  return { tools: [{ name: "Docker engine", version, source }], env: {}, path: [] };
}

async function engineVersion(): Promise<string> {
  return (await docker(["version", "--format", "{{.Server.Version}}"], 5_000)).trim();
}

async function provideEngine(): Promise<Part> {
  const obstacle = await obstacleToInstalling();
  if (obstacle !== undefined) {
    throw new UserError(`No Docker engine answers, and ${obstacle} See ${documentation}`);
  }
  const installed = existsSync("/usr/bin/dockerd") || existsSync("/usr/sbin/dockerd");
  if (!installed) await installPackages("the Docker engine", "docker.io", "iptables", "iproute2");
  await during("starting the Docker engine", startEngine);
  const part = await answeringEngine(installed ? "started" : "Debian's package docker.io");
  if (part === undefined) throw new UserError(`The Docker engine exited; see ${engineLog}.`);
  return part;
}

/** Why the engine cannot be installed and started here, as the second half of a sentence. */
async function obstacleToInstalling(): Promise<string | undefined> {
  const chosen = chosenEngine();
  if (chosen !== undefined)
    return `${chosen.source} is ${chosen.host}. Start that engine, or choose none.`;
  const said = await engineVersion().catch((error: unknown) =>
    error instanceof CommandError ? error.stderr : "",
  );
  if (said.includes("permission denied")) {
    return "this user has no access to it. Run as a member of the group docker.";
  }
  const packages = obstacleToPackages();
  return packages && `installing or starting one ${packages}.`;
}

/**
 * Starts this machine's engine, unless it already answers.
 *
 * @param command starts the engine where there is no systemd.
 * @throws UserError when it does not answer within a minute.
 */
export async function startEngine(command: readonly string[] = ["dockerd"]): Promise<void> {
  const hasSystemd = existsSync("/run/systemd/system");
  if (hasSystemd) await run("systemctl", ["start", "docker"], { timeout: 60_000 });
  let engine: ChildProcess | undefined;
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if ((await engineVersion().catch(() => "")) !== "") return;
    // An engine that is still stopping has its files locked, so a new one exits at once: try again.
    if (!hasSystemd && (engine === undefined || engine.exitCode !== null))
      engine = spawnEngine(command);
    await pause(200);
  }
  const log = hasSystemd ? "`journalctl --unit docker`" : engineLog;
  throw new UserError(`The Docker engine did not start within 60 s; see ${log}.`);
}

function spawnEngine([file, ...args]: readonly string[]): ChildProcess {
  const log = openSync(engineLog, "a");
  const engine = spawn(file!, args, { detached: true, stdio: ["ignore", log, log] });
  closeSync(log);
  engine.on("error", () => undefined);
  engine.unref();
  return engine;
}
