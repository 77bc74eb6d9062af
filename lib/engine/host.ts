/** The address of a Docker engine. */
export interface EngineHost {
  /** In the form of {@link formatEngineHost}. */
  readonly host: string;
  /** The folder with `ca.pem`, `cert.pem` and `key.pem` for TLS. Default: no TLS. */
  readonly certPath?: string | undefined;
}

/** A parsed engine address. */
export type EngineAddress =
  | { readonly kind: "unix"; readonly path: string }
  | {
      readonly kind: "tcp";
      /** A name or an address; IPv6 without brackets. */
      readonly hostname: string;
      readonly port: number;
      /** A prefix of every API path, for example for a proxy that serves several engines. */
      readonly base: string;
    }
  | {
      readonly kind: "ssh";
      readonly user: string | undefined;
      readonly hostname: string;
      readonly port: number | undefined;
      /** The engine's socket on that host. Default: the docker client's default there. */
      readonly socket: string | undefined;
    };

/** An engine's address is invalid. The message is a sentence for the user. */
export class EngineHostError extends Error {
  override readonly name = "EngineHostError";
}

/** The docker client's default socket. */
const defaultSocket = "/var/run/docker.sock";

/** The engine's address if none is named. */
export const defaultHost = `unix://${defaultSocket}`;

/** The port of an engine without TLS, which the docker client uses if an address has no port. */
const defaultPort = 2375;

/** What {@link parseEngineHost} accepts, for error messages. */
export const allowedEngineHosts =
  "unix:///PATH, tcp://HOST[:PORT] or ssh://[USER@]HOST[:PORT][/SOCKET], with an IPv6 HOST in brackets, or " +
  "empty for the docker client's engine";

/**
 * Parses an engine's address as the docker client does for `--host` and `DOCKER_HOST`. Ambiguous addresses, which
 * the client would interpret unexpectedly, are rejected, for example a path without `unix://`.
 *
 * Source: https://github.com/docker/cli/blob/v28.5.2/opts/hosts.go and, for SSH,
 * https://github.com/docker/cli/blob/v28.5.2/cli/connhelper
 */
export function parseEngineHost(text: string): EngineAddress | undefined {
  const [, scheme = "tcp", rest = ""] = /^(?:([^:/]*):\/\/)?(.*)$/s.exec(text.trim()) ?? [];
  if (/[\n\r\0]/.test(rest)) return undefined;
  switch (scheme) {
    case "unix":
      return parseSocket(rest === "" ? defaultSocket : rest);
    case "tcp":
      return parseTcp(rest);
    case "ssh":
      return parseSsh(rest);
    default:
      return undefined;
  }
}

function parseSocket(path: string): EngineAddress | undefined {
  return path.startsWith("/") && !path.includes("://") ? { kind: "unix", path } : undefined;
}

/** A host with a port, both optional. */
const place = String.raw`(?:\[(?<v6>[\da-fA-F:.]+)\]|(?<name>[^\s/@:[\]?#%-][^\s/@:[\]?#%]*)?)(?::(?<port>\d*))?`;

const tcpPattern = new RegExp(String.raw`^${place}(?<base>/[^\s?#%]*)?$`);

function parseTcp(rest: string): EngineAddress | undefined {
  const { v6, name, port, base = "" } = tcpPattern.exec(rest)?.groups ?? {};
  // The client would treat a socket's path as an API path of an engine on this machine.
  const isPath = base !== "" && v6 === undefined && name === undefined;
  if (!tcpPattern.test(rest) || isPath || !isPort(port)) return undefined;
  return {
    kind: "tcp",
    hostname: v6 ?? name ?? "localhost",
    port: Number(port || defaultPort),
    base: base.replace(/\/+$/, ""),
  };
}

const sshPattern = new RegExp(
  String.raw`^(?:(?<user>[^\s/@:?#-][^\s/@:?#]*)@)?${place}(?<socket>/[\w./@+,-]*)?$`,
);

function parseSsh(rest: string): EngineAddress | undefined {
  const { user, v6, name, port, socket = "" } = sshPattern.exec(rest)?.groups ?? {};
  const hostname = v6 ?? name;
  if (hostname === undefined || !isPort(port)) return undefined;
  const isSocket = socket.replaceAll("/", "") !== "";
  try {
    return {
      kind: "ssh",
      user: user && decodeURIComponent(user),
      hostname,
      port: port ? Number(port) : undefined,
      socket: isSocket ? socket : undefined,
    };
  } catch {
    // An invalid percent encoding.
    return undefined;
  }
}

function isPort(text = ""): boolean {
  return text === "" || (Number(text) >= 1 && Number(text) <= 65535);
}

/** Formats an address completely, so that the docker client and Pulumi's provider interpret it in the same way. */
export function formatEngineHost(address: EngineAddress): string {
  if (address.kind === "unix") return `unix://${address.path}`;
  const host = address.hostname.includes(":") ? `[${address.hostname}]` : address.hostname;
  if (address.kind === "tcp") return `tcp://${host}:${address.port}${address.base}`;
  const user = address.user === undefined ? "" : `${encodeURIComponent(address.user)}@`;
  const port = address.port === undefined ? "" : `:${address.port}`;
  return `ssh://${user}${host}${port}${address.socket ?? ""}`;
}

/** Whether the engine may be on this host. A local socket may also be forwarded to an engine elsewhere. */
export function isLocalEngine(host: string | undefined): boolean {
  return host === undefined || host.startsWith("unix:");
}

/** The environment variables that make a program, and the docker client, use this engine. */
export function engineEnvironment({ host, certPath }: EngineHost): Record<string, string> {
  const tls = certPath === undefined ? "" : "1";
  return {
    DOCKER_HOST: host,
    DOCKER_TLS_VERIFY: tls,
    DOCKER_TLS: "",
    DOCKER_CERT_PATH: certPath ?? "",
  };
}
