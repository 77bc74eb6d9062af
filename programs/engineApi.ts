/** The Docker engine's HTTP API, for what would start the docker client too often. */
import type { IncomingMessage, RequestOptions } from "node:http";
import type { Duplex } from "node:stream";
import { connectEngine, type EngineConnection } from "./engineConnection.ts";

/** A request that the engine refused or did not answer. The message holds the engine's own words. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  /** The HTTP status; undefined when there was no answer. */
  readonly status: number | undefined;

  constructor(request: string, reason: string, status?: number) {
    super(`${request}: ${reason}`);
    this.status = status;
  }
}

/** What is sent to the engine. */
export interface EngineRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** With the query, without the API's version, for example `/containers/json?all=1`. */
  readonly path: string;
  /** A value is sent as JSON, a buffer as a tar archive. Default: nothing. */
  readonly body?: unknown;
  /** Milliseconds for the whole answer. Default: 30,000. */
  readonly timeout?: number;
}

/** The version of the API that Docker 20.10 introduced; newer engines still speak it. */
const version = "v1.41";

/**
 * Sends a request to the engine that the docker client talks to; see engineContext.ts.
 *
 * @returns the answer's JSON as a value, any other content as a buffer.
 * @throws EngineError when the engine refuses, cannot be reached or takes too long.
 */
export async function engine(wanted: EngineRequest): Promise<unknown> {
  const { method, path, body, timeout = 30_000 } = wanted;
  const name = `${method} ${path.replace(/\?.*/, "")}`;
  const isArchive = Buffer.isBuffer(body);
  const content = body === undefined || isArchive ? body : Buffer.from(JSON.stringify(body));
  const type = isArchive ? "application/x-tar" : "application/json";
  try {
    const options = {
      method,
      path: `/${version}${path}`,
      signal: AbortSignal.timeout(timeout),
      headers: content && { "content-type": type, "content-length": content.length },
    };
    const { status, headers, data } = await inTurn((connection) =>
      exchange(connection, options, content),
    );
    if (status >= 400) throw new EngineError(name, reasonIn(data, status), status);
    const isJson = headers["content-type"]?.startsWith("application/json") ?? false;
    return isJson && data.length > 0 ? (JSON.parse(data.toString()) as unknown) : data;
  } catch (error) {
    if (error instanceof EngineError) throw error;
    const isLate =
      (error as Error).name === "AbortError" || (error as Error).name === "TimeoutError";
    throw new EngineError(name, isLate ? "did not answer in time" : (error as Error).message);
  }
}

/**
 * Asks the engine whether it is there.
 *
 * @param timeout milliseconds.
 * @returns its version.
 * @throws EngineError when it does not answer.
 */
export async function pingEngine(timeout: number): Promise<string> {
  const answer = await engine({ method: "GET", path: "/version", timeout });
  return (answer as { readonly Version: string }).Version;
}

/** A query string: texts as they are, everything else as JSON, which is how the engine takes filters. */
export function query(parameters: Readonly<Record<string, unknown>>): string {
  const texts = Object.entries(parameters).map(([key, value]): [string, string] => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return new URLSearchParams(texts).toString();
}

/** A connection that belongs to a program in a container from then on. */
export type EngineStream = Duplex & { readonly unref: () => unknown };

/**
 * Sends a request after whose answer the connection is a stream. Errors as of {@link engine}.
 *
 * Source: https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach
 */
export async function upgrade(wanted: EngineRequest): Promise<EngineStream> {
  const { method, path, body, timeout = 30_000 } = wanted;
  const name = `${method} ${path}`;
  const content = JSON.stringify(body);
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(content),
    connection: "Upgrade",
    upgrade: "tcp",
  };
  return await inTurn(
    ({ begin }) =>
      new Promise((resolve, reject) => {
        const fail = (reason: string, status?: number) =>
          reject(new EngineError(name, reason, status));
        const outgoing = begin({ method, path: `/${version}${path}`, headers }, (response) => {
          const { statusCode = 0 } = response;
          contentOf(response).then(
            (data) => fail(reasonIn(data, statusCode), statusCode),
            (error: unknown) => fail((error as Error).message),
          );
        });
        const late = () => outgoing.destroy(new Error("did not answer in time"));
        const timer = setTimeout(late, timeout);
        outgoing.once("close", () => clearTimeout(timer));
        outgoing.once("error", (error) => fail(error.message));
        outgoing.once("upgrade", (_, socket, head) => {
          clearTimeout(timer);
          socket.unshift(head);
          resolve(socket);
        });
        outgoing.end(content);
      }),
  );
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly data: Buffer;
}

let underWay = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: (connection: EngineConnection) => Promise<T>): Promise<T> {
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

function exchange(
  { begin }: EngineConnection,
  options: RequestOptions,
  content: Buffer | undefined,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = begin(options, (response) => {
      const { statusCode: status = 0, headers } = response;
      contentOf(response).then((data) => resolve({ status, headers, data }), reject);
    });
    outgoing.once("error", reject);
    outgoing.end(content);
  });
}

/** What `buffer` of `node:stream/consumers` gives, which makes a blob of it first. */
async function contentOf(response: IncomingMessage): Promise<Buffer> {
  return Buffer.concat((await response.toArray()) as Buffer[]);
}

function reasonIn(data: Buffer, status: number): string {
  try {
    return (JSON.parse(data.toString()) as { message: string }).message;
  } catch {
    return data.toString().trim() || `status ${status}`;
  }
}

/**
 * Works on items, at most so many at once. After an error nothing new is begun.
 *
 * @throws the first error, when all work that was under way has ended.
 */
export async function forEachParallel<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const errors: unknown[] = [];
  // All workers draw from one iterator, so each takes the next item when it has finished one.
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) {
      await work(item).catch((error: unknown) => errors.push(error));
      if (errors.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (errors.length > 0) throw errors[0];
}
