import { readFileSync } from "node:fs";
import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { join } from "node:path";
import { chosenEngine } from "./context.ts";
import {
  allowedEngineHosts,
  defaultHost,
  type EngineHost,
  EngineHostError,
  parseEngineHost,
} from "./host.ts";
import { currentEnvironment } from "./scope.ts";
import { connectBySsh } from "./ssh.ts";

// An import statement would evaluate all exports of the module, including the client for `fetch`, which takes
// longer to load than a request to the engine takes.
const { Agent, request } = process.getBuiltinModule("node:http");

/** How requests reach the engine. */
export interface EngineConnection {
  readonly begin: (
    options: RequestOptions,
    answered: (response: IncomingMessage) => void,
  ) => ClientRequest;
  /** How many requests may be in progress at once. */
  readonly atOnce: number;
}

/** An SSH server with default settings starts refusing connections when ten are being established. */
const sshAtOnce = 4;

const agent = new Agent({ keepAlive: true });

const connections = new Map<string, EngineConnection>();

/**
 * The connection to the engine that the environment or the docker client's context names. Default: the local
 * socket.
 *
 * @throws Error when what is named cannot be used.
 */
export function connectEngine(): EngineConnection {
  const choice = [
    "DOCKER_HOST",
    "DOCKER_TLS_VERIFY",
    "DOCKER_TLS",
    "DOCKER_CERT_PATH",
    "DOCKER_CONTEXT",
    "DOCKER_CONFIG",
  ];
  const env = currentEnvironment();
  const key = choice.map((name) => env[name] ?? "").join("\n");
  const connection = connections.get(key) ?? connectTo(chosenEngine());
  connections.set(key, connection);
  return connection;
}

function connectTo({ host, certPath }: EngineHost = { host: defaultHost }) {
  const address = parseEngineHost(host);
  if (address === undefined) {
    throw new EngineHostError(`The engine's host is "${host}", allowed is ${allowedEngineHosts}.`);
  }
  if (address.kind === "unix") return plain({ agent, socketPath: address.path });
  if (address.kind === "ssh") {
    const secure = new Agent({ keepAlive: true, maxSockets: sshAtOnce });
    secure.createConnection = () => connectBySsh(address);
    return { ...plain({ agent: secure, host: "docker" }), atOnce: sshAtOnce };
  }
  const { hostname, port, base } = address;
  const place = { host: hostname, port };
  return certPath === undefined
    ? plain({ agent, ...place }, base)
    : throughTls(place, base, certPath);
}

/** @param base precedes the path of each request. Default: empty. */
function plain(place: RequestOptions, base = "", send = request): EngineConnection {
  return {
    begin: ({ path, ...options }, answered) =>
      send({ ...place, ...options, path: `${base}${path ?? ""}` }, answered),
    atOnce: Infinity,
  };
}

function throughTls(place: RequestOptions, base: string, certPath: string): EngineConnection {
  const { Agent, request } = process.getBuiltinModule("node:https");
  const read = (name: string) => readFileSync(join(certPath, `${name}.pem`));
  const secure = new Agent({
    keepAlive: true,
    ca: read("ca"),
    cert: read("cert"),
    key: read("key"),
  });
  return plain({ agent: secure, ...place }, base, request);
}
