/**
 * A client of the Docker engine's HTTP API, for requests that are too frequent to start the docker client for each.
 */
import type { Duplex } from "node:stream";
import { connectEngine, type EngineConnection } from "./connection.ts";
import { contentOf, exchange } from "./exchange.ts";
import { versionFor } from "./version.ts";

/** A request that the engine refused or did not answer. The message contains the engine's own error text. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  /** The HTTP status; undefined if there was no answer. */
  readonly status: number | undefined;

  constructor(request: string, reason: string, status?: number) {
    super(`${request}: ${reason}`);
    this.status = status;
  }
}

/** A request to the engine. */
export interface EngineRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** With the query, without the API's version, for example `/containers/json?all=1`. */
  readonly path: string;
  /** A value is sent as JSON, a buffer as a tar archive. Default: no body. */
  readonly body?: unknown;
  /** Timeout of the whole request in milliseconds. Default: 30,000. */
  readonly timeout?: number;
}

/** The default timeout in milliseconds. */
const usualTimeout = 30_000;

/**
 * Sends a request to the docker client's engine; see context.ts.
 *
 * @returns the parsed JSON of the answer; any other content as a buffer.
 * @throws EngineError when the engine refuses the request, cannot be reached or does not answer in time.
 */
export async function engine(wanted: EngineRequest): Promise<unknown> {
  const { method, path, body, timeout = usualTimeout } = wanted;
  const name = `${method} ${path.replace(/\?.*/, "")}`;
  const isArchive = Buffer.isBuffer(body);
  const content = body === undefined || isArchive ? body : Buffer.from(JSON.stringify(body));
  const type = isArchive ? "application/x-tar" : "application/json";
  try {
    const signal = AbortSignal.timeout(timeout);
    const { status, headers, data } = await withSlot(async (connection) => {
      const options = {
        method,
        path: `/v${await versionFor(connection, signal)}${path}`,
        signal,
        headers: content && { "content-type": type, "content-length": content.length },
      };
      return await exchange(connection, options, content);
    });
    if (status >= 400) throw new EngineError(name, reasonIn(data, status), status);
    const isJson = headers["content-type"]?.startsWith("application/json") ?? false;
    return isJson && data.length > 0 ? (JSON.parse(data.toString()) as unknown) : data;
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw new EngineError(name, reasonOf(error));
  }
}

/**
 * Checks that the engine answers.
 *
 * @param timeout milliseconds. Default: 30,000.
 * @returns the engine's version.
 * @throws EngineError when it does not answer.
 */
export async function pingEngine(timeout = usualTimeout): Promise<string> {
  const answer = await engine({ method: "GET", path: "/version", timeout });
  return (answer as { readonly Version: string }).Version;
}

/** Builds a query string: strings as they are, other values as JSON, which is the form of the engine's filters. */
export function query(parameters: Readonly<Record<string, unknown>>): string {
  const texts = Object.entries(parameters).map(([key, value]): [string, string] => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return new URLSearchParams(texts).toString();
}

/** A connection that has become the input and output of a program in a container. */
export type EngineStream = Duplex & { readonly unref: () => unknown };

/**
 * Sends a request that turns its connection into a stream. Errors as of {@link engine}.
 *
 * Source: https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach
 */
export async function upgrade(wanted: EngineRequest): Promise<EngineStream> {
  const { method, path, body, timeout = usualTimeout } = wanted;
  const name = `${method} ${path}`;
  const content = JSON.stringify(body);
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(content),
    connection: "Upgrade",
    upgrade: "tcp",
  };
  return await withSlot(async (connection) => {
    const signal = AbortSignal.timeout(timeout);
    const version = await versionFor(connection, signal).catch((error: unknown) => {
      throw new EngineError(name, reasonOf(error));
    });
    return await new Promise((resolve, reject) => {
      const fail = (reason: string, status?: number) =>
        reject(new EngineError(name, reason, status));
      const options = { method, path: `/v${version}${path}`, headers };
      const outgoing = connection.begin(options, (response) => {
        const { statusCode = 0 } = response;
        contentOf(response).then(
          (data) => fail(reasonIn(data, statusCode), statusCode),
          (error: unknown) => fail((error as Error).message),
        );
      });
      const late = () => outgoing.destroy(signal.reason as Error);
      signal.addEventListener("abort", late, { once: true });
      outgoing.once("close", () => signal.removeEventListener("abort", late));
      outgoing.once("error", (error) => fail(reasonOf(error)));
      outgoing.once("upgrade", (_, socket, head) => {
        signal.removeEventListener("abort", late);
        socket.unshift(head);
        resolve(socket);
      });
      outgoing.end(content);
    });
  });
}

let underWay = 0;
const waiting: (() => void)[] = [];

async function withSlot<T>(work: (connection: EngineConnection) => Promise<T>): Promise<T> {
  const connection = connectEngine();
  while (underWay >= connection.atOnce) {
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
  underWay++;
  try {
    return await work(connection);
  } finally {
    underWay--;
    waiting.shift()?.();
  }
}

/** The reason why the engine gave no answer. */
function reasonOf(error: unknown): string {
  const { name, message } = error as Error;
  return name === "AbortError" || name === "TimeoutError" ? "did not answer in time" : message;
}

function reasonIn(data: Buffer, status: number): string {
  try {
    return (JSON.parse(data.toString()) as { message: string }).message;
  } catch {
    return data.toString().trim() || `status ${status}`;
  }
}
