/** The way to an engine that is reached over SSH. */
import { mkdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { type ChildStream, childStream } from "./childStream.ts";

/** Seconds for which a connection waits for the next program that needs one. */
const persistence = 15;

/**
 * Connects to the engine as the docker client does, by `ssh` with the user's own settings
 * (https://github.com/docker/cli/blob/v28.0.0/cli/connhelper/connhelper.go). Unlike that, all programs of a
 * run share one connection: to make one takes up to a second of processor time, and the engine ends a stream
 * of its HTTP API with each command in a container.
 */
export function connectBySsh({ hostname, username, port }: URL): ChildStream {
  const login = username === "" ? [] : ["-l", decodeURIComponent(username)];
  const args = ["-T", ...sharing(), ...login, ...(port === "" ? [] : ["-p", port])];
  return childStream("ssh", [...args, "--", hostname, "docker", "system", "dial-stdio"]);
}

function sharing(): string[] {
  // OpenSSH for Windows cannot share connections.
  if (process.platform === "win32") return [];
  const folder = join(tmpdir(), `serf-ssh-${userInfo().uid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const options = {
    ControlMaster: "auto",
    ControlPath: join(folder, "%C"),
    ControlPersist: `${persistence}s`,
  };
  return Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
}
