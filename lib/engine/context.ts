import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import {
  allowedEngineHosts,
  type EngineHost,
  EngineHostError,
  formatEngineHost,
  parseEngineHost,
} from "./host.ts";
import { currentEngine, currentEnvironment } from "./scope.ts";

/** The engine that the docker client on this machine uses. */
export interface ChosenEngine extends EngineHost {
  /** What selected it, for messages, for example `DOCKER_HOST`. */
  readonly source: string;
}

/** The variable that says, for messages, what set `DOCKER_HOST`. Default: the user. */
export const hostSource = "SERF_DOCKER_HOST_SOURCE";

/** The docker client's address if TLS is requested without a host. */
const defaultTlsHost = "tcp://localhost:2376";

/**
 * Finds the engine as the docker client does: `DOCKER_HOST`, else the context in `DOCKER_CONTEXT` or in the
 * client's configuration. The files of a context are described in
 * https://github.com/docker/cli/blob/v28.0.0/cli/context/store/store.go.
 *
 * @returns undefined if none is selected, which means the local socket.
 * @throws EngineHostError when the selection cannot be read or names no engine.
 */
export function chosenEngine(
  env: NodeJS.ProcessEnv = currentEnvironment(),
): ChosenEngine | undefined {
  const named = env["DOCKER_HOST"];
  if (!named) {
    const context = env["DOCKER_CONTEXT"] || currentContext(env);
    if (context && context !== "default") return contextEngine(context, clientFolder(env));
  }
  const tlsVariable = ["DOCKER_TLS_VERIFY", "DOCKER_TLS"].find((name) => env[name]);
  if (!named?.trim()) {
    if (tlsVariable === undefined) return undefined;
    return { host: defaultTlsHost, source: tlsVariable, certPath: certFolder(env) };
  }
  const own = currentEngine();
  const source = own ? `The engine ${own.name}` : (env[hostSource] ?? "DOCKER_HOST");
  const address = parseEngineHost(named);
  if (address === undefined) {
    throw new EngineHostError(
      `${source} is ${JSON.stringify(named)}, allowed is ${allowedEngineHosts}.`,
    );
  }
  const usesTls = tlsVariable !== undefined && address.kind === "tcp";
  return {
    host: formatEngineHost(address),
    source,
    ...(usesTls && { certPath: certFolder(env) }),
  };
}

function clientFolder(env: NodeJS.ProcessEnv): string {
  return env["DOCKER_CONFIG"] || join(homedir(), ".docker");
}

function certFolder(env: NodeJS.ProcessEnv): string {
  return env["DOCKER_CERT_PATH"] || clientFolder(env);
}

function currentContext(env: NodeJS.ProcessEnv): string | undefined {
  const file = join(clientFolder(env), "config.json");
  // The docker client accepts an empty file, too.
  if (!existsSync(file) || readFileSync(file, "utf8").trim() === "") return undefined;
  const advice = "repair it, or remove it, which also removes the logins to registries";
  return (readJson(file, advice) as { readonly currentContext?: string }).currentContext;
}

function contextEngine(name: string, folder: string): ChosenEngine {
  const id = createHash("sha256").update(name).digest("hex");
  const file = join(folder, "contexts", "meta", id, "meta.json");
  if (!existsSync(file)) {
    throw new EngineHostError(
      `There is no Docker context ${name}: ${file} is missing. \`docker context ls\` lists them.`,
    );
  }
  const advice = `recreate the Docker context ${name} with \`docker context create\``;
  const { Endpoints } = readJson(file, advice) as {
    readonly Endpoints?: { readonly docker?: { readonly Host?: string } };
  };
  const host = Endpoints?.docker?.Host;
  if (!host) throw new EngineHostError(`The Docker context ${name} names no host; ${advice}.`);
  const address = parseEngineHost(host);
  const whole = address && formatEngineHost(address);
  // The client does not complete a context's address: without a port it uses HTTP's port 80.
  if (whole === undefined || host.replace(/\/$/, "") !== whole) {
    throw new EngineHostError(
      `The Docker context ${name} names the host ${JSON.stringify(host)}; give it in full with \`docker ` +
        `context update ${name} --docker host=${whole ?? "HOST"}\`, allowed is ${allowedEngineHosts}.`,
    );
  }
  const certPath = join(folder, "contexts", "tls", id, "docker");
  const hasTls = address?.kind === "tcp" && existsSync(certPath);
  return { host: whole, source: `the context ${name}`, ...(hasTls && { certPath }) };
}

function readJson(file: string, advice: string): object {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof value === "object" && value !== null) return value;
    throw new SyntaxError("it is not a JSON object");
  } catch (error) {
    throw new EngineHostError(`${file} cannot be read (${(error as Error).message}); ${advice}.`);
  }
}
