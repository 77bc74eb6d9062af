/** Which version of the HTTP API an engine is spoken to in. */
import type { EngineConnection } from "./connection.ts";
import { exchange } from "./exchange.ts";

/**
 * The versions 1.N that this project speaks: those of Docker 20.10 and 28.5. Newer engines still speak older versions,
 * but not all: the first of Docker 29 refuse what is older than 1.44
 * (https://docs.docker.com/engine/release-notes/29/).
 */
const [oldest, newest] = [41, 51];

const agreed = new WeakMap<EngineConnection, string>();

/**
 * The newest version that both know, as the docker client finds it: the engine tells its own with the answer to a
 * ping (https://docs.docker.com/reference/api/engine/#versioned-api-and-sdk).
 */
export async function versionFor(
  connection: EngineConnection,
  signal: AbortSignal,
): Promise<string> {
  const known = agreed.get(connection);
  if (known !== undefined) return known;
  const { headers } = await exchange(connection, { method: "GET", path: "/_ping", signal });
  const version = commonVersion(headers["api-version"]);
  agreed.set(connection, version);
  return version;
}

/** @param told by the engine. */
function commonVersion(told: string | string[] | undefined): string {
  const minor = Number(/^1\.(\d+)$/.exec(String(told))?.[1] ?? oldest);
  return `1.${Math.min(Math.max(minor, oldest), newest)}`;
}
