/** Creates keys and certificates for a Docker host, in the files that SSH and Docker expect. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "../../../../lib/host/run.ts";

/**
 * Creates both sides' keys for a root login.
 *
 * @param folder gets `config`, `known_hosts` and `key` for the client, `bin/ssh` that uses them,
 *   and `sshd_config` with its files for the server.
 */
export async function makeSshKeys(folder: string, address: string): Promise<void> {
  const file = (name: string) => join(folder, name);
  mkdirSync(file("bin"), { recursive: true, mode: 0o700 });
  for (const name of ["key", "host_key"]) {
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file(name)]);
  }
  const publicKey = (name: string) => readFileSync(file(`${name}.pub`), "utf8");
  writeFileSync(file("authorized_keys"), publicKey("key"));
  writeFileSync(file("known_hosts"), `${address} ${publicKey("host_key")}`);
  writeFileSync(
    file("config"),
    lines(
      `IdentityFile ${file("key")}`,
      "IdentitiesOnly yes",
      "IdentityAgent none",
      `UserKnownHostsFile ${file("known_hosts")}`,
      "GlobalKnownHostsFile none",
      "StrictHostKeyChecking yes",
      "BatchMode yes",
    ),
  );
  // Everything else has OpenSSH's defaults, as for users, including the limit of new connections.
  writeFileSync(
    file("sshd_config"),
    lines(
      `ListenAddress ${address}`,
      `HostKey ${file("host_key")}`,
      `AuthorizedKeysFile ${file("authorized_keys")}`,
      "KbdInteractiveAuthentication no",
      "PasswordAuthentication no",
      "PidFile none",
      "UsePAM yes",
    ),
  );
  // OpenSSH looks for a user's files in the home folder of the user database, and ignores HOME.
  writeFileSync(
    file("bin/ssh"),
    lines("#!/bin/sh", `exec '${programOnPath("ssh")}' -F '${file("config")}' "$@"`),
  );
  chmodSync(file("bin/ssh"), 0o755);
}

/**
 * Creates certificates from a new certificate authority, valid for two days.
 *
 * @param folder gets a folder for each side, `server` and `client`, with `ca.pem`, `cert.pem` and
 *   `key.pem`.
 */
export async function makeCertificates(folder: string, address: string): Promise<void> {
  const file = (name: string) => join(folder, name);
  for (const side of ["server", "client"]) mkdirSync(file(side), { recursive: true, mode: 0o700 });
  const certificate = (key: string, out: string, ...details: string[]) => {
    const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    const files = ["-keyout", file(key), "-out", file(out)];
    return run("openssl", ["req", "-x509", "-days", "2", ...kind, ...files, ...details]);
  };
  await certificate("authority.pem", "ca.pem", "-subj", "/CN=authority");
  const issue = (side: string, ...details: string[]) => {
    const issuer = ["-CA", file("ca.pem"), "-CAkey", file("authority.pem"), "-subj", `/CN=${side}`];
    const extensions = ["basicConstraints=CA:FALSE", `extendedKeyUsage=${side}Auth`, ...details];
    const added = extensions.flatMap((extension) => ["-addext", extension]);
    writeFileSync(file(`${side}/ca.pem`), readFileSync(file("ca.pem")));
    return certificate(`${side}/key.pem`, `${side}/cert.pem`, ...issuer, ...added);
  };
  await issue("server", `subjectAltName=IP:${address}`);
  await issue("client");
}

function lines(...texts: string[]): string {
  return texts.map((text) => `${text}\n`).join("");
}

/** @throws Error when the program is not on the `PATH`. */
function programOnPath(name: string): string {
  const path = (process.env["PATH"] ?? "").split(delimiter);
  const found = path.map((folder) => join(folder, name)).find((file) => existsSync(file));
  if (found === undefined) throw new Error(`The program ${name} is not on the PATH.`);
  return found;
}
