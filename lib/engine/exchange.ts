/** Sends one request to an engine and reads the answer. */
import type { IncomingMessage, RequestOptions } from "node:http";
import type { EngineConnection } from "./connection.ts";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly data: Buffer;
}

/** @param content the request's body. Default: none. */
export function exchange(
  { begin }: EngineConnection,
  options: RequestOptions,
  content?: Buffer,
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

/** The same as `buffer` of `node:stream/consumers`, without the blob that it creates first. */
export async function contentOf(response: IncomingMessage): Promise<Buffer> {
  return Buffer.concat((await response.toArray()) as Buffer[]);
}
