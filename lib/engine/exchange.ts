/** One request to an engine and its answer. */
import type { IncomingMessage, RequestOptions } from "node:http";
import type { EngineConnection } from "./connection.ts";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly data: Buffer;
}

/** @param content what is sent. Default: nothing. */
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

/** What `buffer` of `node:stream/consumers` gives, which makes a blob of it first. */
export async function contentOf(response: IncomingMessage): Promise<Buffer> {
  return Buffer.concat((await response.toArray()) as Buffer[]);
}
