/** Connects to an engine over SSH. */
import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { type ChildStream, childStream } from "../host/childStream.ts";
import type { EngineAddress } from "./host.ts";

/** Seconds for which an idle connection stays open for the next program. */
const persistence = 15;

/**
 * Connects to the engine as the docker client does, with `ssh` and the user's own SSH settings
 * (https://github.com/docker/cli/blob/v28.5.2/cli/connhelper/connhelper.go). Unlike the client, all programs of a
 * run share one SSH connection: establishing one takes up to a second of processor time, and the engine closes an
 * HTTP stream after each command in a container.
 */
export function connectBySsh(address: SshAddress): ChildStream {
  return childStream("ssh", ["-T", ...sharing(), ...sshCommand(address)]);
}

type SshAddress = Extract<EngineAddress, { kind: "ssh" }>;

/** The arguments of `ssh`: where to log in, and what to run there. */
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
  // If others could create a socket there, they could impersonate the server.
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
 * The longest folder name. macOS allows 103 characters for a socket's path, fewer than Linux; ssh uses 41 of them
 * for the connection's name, and 17 more while it creates the socket.
 */
const longestFolder = 103 - 41 - 17;

/**
 * The folder for the sockets of shared connections: in the folder for temporary files, unless the sockets' paths
 * would be too long there.
 */
export function controlFolder(uid: number, temporary: string): string {
  const name = `serf-ssh-${uid}`;
  const folder = join(temporary, name);
  return folder.length <= longestFolder ? folder : join("/tmp", name);
}
