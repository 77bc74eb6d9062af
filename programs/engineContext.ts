import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { EngineHost } from "../components/engineHost.ts";

/** The engine that the docker client on this machine talks to. */
export interface ChosenEngine extends EngineHost {
  /** What chose it, for messages. */
  readonly source: string;
}

/** Names the variable that says, for messages, what has set `DOCKER_HOST`. Default: the user. */
export const hostSource = "SERF_DOCKER_HOST_SOURCE";

/**
 * Finds the engine as the docker client does: `DOCKER_HOST`, else the context that `DOCKER_CONTEXT` or the
 * client's configuration names. The files of a context are described in
 * https://github.com/docker/cli/blob/v28.0.0/cli/context/store/store.go.
 *
 * @returns undefined where nothing is chosen, which means the local socket.
 * @throws Error when the context cannot be read.
 */
export function chosenEngine(env: NodeJS.ProcessEnv = process.env): ChosenEngine | undefined {
  const host = env["DOCKER_HOST"];
  if (host) {
    const usesTls = Boolean(env["DOCKER_TLS_VERIFY"] || env["DOCKER_TLS"]);
    const certPath = env["DOCKER_CERT_PATH"] || clientFolder(env);
    const source = env[hostSource] ?? "DOCKER_HOST";
    return { host, source, ...(usesTls && { certPath }) };
  }
  const name = env["DOCKER_CONTEXT"] || currentContext(env);
  return name && name !== "default" ? contextEngine(name, clientFolder(env)) : undefined;
}

function clientFolder(env: NodeJS.ProcessEnv): string {
  return env["DOCKER_CONFIG"] || join(homedir(), ".docker");
}

function currentContext(env: NodeJS.ProcessEnv): string | undefined {
  const file = join(clientFolder(env), "config.json");
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, "utf8")) as { currentContext?: string }).currentContext;
}

function contextEngine(name: string, folder: string): ChosenEngine {
  const id = createHash("sha256").update(name).digest("hex");
  const file = join(folder, "contexts", "meta", id, "meta.json");
  if (!existsSync(file)) throw new Error(`There is no Docker context ${name}: ${file} is missing.`);
  const { Endpoints } = JSON.parse(readFileSync(file, "utf8")) as {
    readonly Endpoints: { readonly docker?: { readonly Host?: string } };
  };
  const host = Endpoints.docker?.Host;
  if (!host) throw new Error(`The Docker context ${name} names no host.`);
  const certPath = join(folder, "contexts", "tls", id, "docker");
  return { host, source: `the context ${name}`, ...(existsSync(certPath) && { certPath }) };
}
