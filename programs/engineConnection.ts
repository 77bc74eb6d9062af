import { readFileSync } from "node:fs";
import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { join } from "node:path";
import { chosenEngine } from "./engineContext.ts";
import type { EngineHost } from "../components/engineHost.ts";
import { connectBySsh } from "./sshConnection.ts";

// An import would read all that the module exports, and so load its client for `fetch`, too, which takes longer
// than a request to the engine.
const { Agent, request } = process.getBuiltinModule("node:http");

/** A way to the engine. */
export interface EngineConnection {
  readonly begin: (
    options: RequestOptions,
    answered: (response: IncomingMessage) => void,
  ) => ClientRequest;
  /** How many requests may be under way at once. */
  readonly atOnce: number;
}

const localSocket = "/var/run/docker.sock";

/** An SSH server with its usual settings begins to refuse connections at the tenth that is just being made. */
const sshAtOnce = 4;

const agent = new Agent({ keepAlive: true });

const connections = new Map<string, EngineConnection>();

/**
 * The way to the engine that the environment or the docker client's context names; default: the local
 * socket.
 *
 * @throws Error when what is named cannot be used.
 */
export function connectEngine(): EngineConnection {
  const choice = ["DOCKER_HOST", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_CONTEXT"];
  const key = choice.map((name) => process.env[name] ?? "").join("\n");
  const connection = connections.get(key) ?? connectTo(chosenEngine());
  connections.set(key, connection);
  return connection;
}

function connectTo({ host, certPath }: EngineHost = { host: `unix://${localSocket}` }) {
  const url = new URL(host);
  const { protocol, hostname, port, pathname } = url;
  const plain = (place: RequestOptions): EngineConnection => ({
    begin: (options, answered) => request({ ...place, ...options }, answered),
    atOnce: Infinity,
  });
  if (protocol === "unix:") return plain({ agent, socketPath: pathname });
  if (protocol === "tcp:" && certPath === undefined) return plain({ agent, host: hostname, port });
  if (protocol === "tcp:") return throughTls(hostname, port, certPath!);
  const secure = new Agent({ keepAlive: true, maxSockets: sshAtOnce });
  secure.createConnection = () => connectBySsh(url);
  return { ...plain({ agent: secure, host: "docker" }), atOnce: sshAtOnce };
}

function throughTls(host: string, port: string, certPath: string): EngineConnection {
  const { Agent, request } = process.getBuiltinModule("node:https");
  const read = (name: string) => readFileSync(join(certPath, `${name}.pem`));
  const secure = new Agent({
    keepAlive: true,
    ca: read("ca"),
    cert: read("cert"),
    key: read("key"),
  });
  return {
    begin: (options, answered) => request({ agent: secure, host, port, ...options }, answered),
    atOnce: Infinity,
  };
}
