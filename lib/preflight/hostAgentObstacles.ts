/** Finds obstacles to the host's agent. */
import { gossipPort } from "../agents/config.ts";
import { livingAgent } from "../agents/process.ts";
import type { Names } from "../cluster/names.ts";
import type { FoundContainer } from "../engine/found.ts";
import type { EngineFacts } from "../engine/place.ts";
import { otherPort } from "../settings/rules.ts";
import type { Settings } from "../settings/types.ts";
import { reasonOf, tryTcp, tryUdp } from "./portTrial.ts";

/** Where the agents will run. */
export interface EnginePlace {
  /** Whether the engine's host is this one. */
  readonly isHere: boolean;
  readonly engine: EngineFacts;
}

/** Obstacles in the form of `findObstacles`. */
export async function hostAgentObstacles(
  settings: Settings,
  names: Names,
  own: readonly FoundContainer[],
  place: EnginePlace,
): Promise<string[]> {
  if (!settings.hostAgent) return [];
  const isUp =
    livingAgent(names.hostAgentDir) !== undefined ||
    own.some(({ name, isRunning }) => name === names.host && isRunning);
  return [
    ...remapObstacles(settings, place),
    ...(await agentPortObstacles(settings, own, isUp, place)),
    ...(await rpcPortObstacles(settings, isUp, place)),
  ];
}

function remapObstacles({ hostAgentIn }: Settings, { isHere, engine }: EnginePlace): string[] {
  if (hostAgentIn !== "container" || !engine.remapsUsers) return [];
  const other = isHere ? "`pulumi config set hostAgentIn process` or " : "";
  return [
    "the engine remaps the users of containers (userns-remap), so it refuses containers on the host's own " +
      `network, which the host's agent needs; run ${other}\`pulumi config set hostAgent false\``,
  ];
}

/** An unused loopback address: a port is taken there only if a process listens on all addresses. */
const anyLoopback = "127.79.46.1";

async function agentPortObstacles(
  { hostAgentPort: port, subnet }: Settings,
  own: readonly FoundContainer[],
  isUp: boolean,
  { isHere, engine }: EnginePlace,
): Promise<string[]> {
  const advice = `choose another, for example \`pulumi config set hostAgentPort ${otherPort(port)}\``;
  if (!isHere) {
    const isTaken = isSwarmPort(port, engine) && !isUp;
    return isTaken ? [`hostAgentPort is ${port}, but ${swarm}; ${advice}`] : [];
  }
  // The agent listens on the gateway's address only. A port that the seed publishes on all addresses is freed when
  // the seed is replaced.
  const isOwn = own.some(({ published }) => published.includes(`0.0.0.0:${port}/tcp`));
  const addresses = [...(isOwn ? [] : [anyLoopback]), ...(isOwn || isUp ? [] : [subnet.gateway])];
  const codes = await Promise.all(
    addresses.flatMap((address) => [tryTcp(address, port), tryUdp(address, port)]),
  );
  if (!codes.includes("EADDRINUSE")) return [];
  const holder = isSwarmPort(port, engine)
    ? swarm
    : `another process listens on that port, on all addresses or on ${subnet.gateway}; find it with ` +
      `\`sudo ss -lntup 'sport = :${port}'\``;
  return [`hostAgentPort is ${port}, but ${holder}; ${advice}`];
}

/** Why the port of {@link isSwarmPort} is taken, as the rest of a sentence. */
export const swarm =
  "the engine is a Swarm node, which uses that port, TCP and UDP, on all addresses";

/** Whether the engine itself listens on a port, as a Swarm node does for other nodes. */
export function isSwarmPort(port: number, { isSwarmNode }: EngineFacts): boolean {
  // Like Serf, Swarm gossips with memberlist, on memberlist's default port.
  return isSwarmNode && port === gossipPort;
}

async function rpcPortObstacles(
  { rpcPort }: Settings,
  isUp: boolean,
  { isHere }: EnginePlace,
): Promise<string[]> {
  // The ports of a remote engine's host cannot be tested from here.
  if (!isHere || isUp) return [];
  const code = await tryTcp("127.0.0.1", rpcPort);
  if (code === undefined) return [];
  return [
    `rpcPort is ${rpcPort}, but TCP port ${rpcPort} on 127.0.0.1 ${reasonOf(code)}; ` +
      `choose another, for example \`pulumi config set rpcPort ${otherPort(rpcPort)}\``,
  ];
}
