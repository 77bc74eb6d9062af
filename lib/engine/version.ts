/** Negotiates the version of the engine's HTTP API. */
import type { EngineConnection } from "./connection.ts";
import { exchange } from "./exchange.ts";

/**
 * The supported API versions 1.N: from that of Docker 20.10 to that of Docker 28.5. Newer engines still support
 * older versions, but not all of them: the first releases of Docker 29 refuse versions before 1.44
 * (https://docs.docker.com/engine/release-notes/29/).
 */
const [oldest, newest] = [41, 51];

const agreed = new WeakMap<EngineConnection, string>();

/**
 * The newest version that both sides support. As for the docker client, the engine's version is in its answer to a
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

/** @param offered the engine's version. */
function commonVersion(offered: string | string[] | undefined): string {
  const minor = Number(/^1\.(\d+)$/.exec(String(offered))?.[1] ?? oldest);
  return `1.${Math.min(Math.max(minor, oldest), newest)}`;
}
