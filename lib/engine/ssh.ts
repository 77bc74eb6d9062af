/** The way to an engine that is reached over SSH. */
import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { type ChildStream, childStream } from "../host/childStream.ts";
import type { EngineAddress } from "./host.ts";

/** Seconds for which a connection waits for the next program that needs one. */
const persistence = 15;

/**
 * Connects to the engine as the docker client does, by `ssh` with the user's own settings
 * (https://github.com/docker/cli/blob/v28.5.2/cli/connhelper/connhelper.go). Unlike that, all programs of a
 * run share one connection: to make one takes up to a second of processor time, and the engine ends a stream
 * of its HTTP API with each command in a container.
 */
export function connectBySsh(address: SshAddress): ChildStream {
  return childStream("ssh", ["-T", ...sharing(), ...sshCommand(address)]);
}

type SshAddress = Extract<EngineAddress, { kind: "ssh" }>;

/** The arguments of `ssh` that say where to log in, and what to run there. */
export function sshCommand({ hostname, user, port, socket }: SshAddress): string[] {
  const login = user === undefined ? [] : ["-l", user];
  const place = port === undefined ? [] : ["-p", String(port)];
  const engine = socket === undefined ? [] : [`--host=unix://${socket}`];
  return [...login, ...place, "--", hostname, "docker", ...engine, "system", "dial-stdio"];
}

function sharing(): string[] {
  // OpenSSH for Windows cannot share connections.
  if (process.platform === "win32") return [];
  const { uid } = userInfo();
  const folder = controlFolder(uid, tmpdir());
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Whoever else could put a socket there would be taken for the server.
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o077) !== 0) return [];
  const options = {
    ControlMaster: "auto",
    ControlPath: join(folder, "%C"),
    ControlPersist: `${persistence}s`,
  };
  return Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
}

/**
 * The most that a socket's path may have on macOS, less than on Linux; of that ssh takes 41 characters for the
 * connection's name, and 17 while it makes the socket.
 */
const longestFolder = 103 - 41 - 17;

/**
 * Where the sockets of shared connections lie: below the folder for temporary files, if the sockets' paths are not
 * too long there.
 */
export function controlFolder(uid: number, temporary: string): string {
  const name = `serf-ssh-${uid}`;
  const folder = join(temporary, name);
  return folder.length <= longestFolder ? folder : join("/tmp", name);
}
