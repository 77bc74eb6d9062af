/** What stands in the way of the host's agent alone. */
import { gossipPort } from "../agents/config.ts";
import { livingAgent } from "../agents/process.ts";
import type { Names } from "../cluster/names.ts";
import type { FoundContainer } from "../engine/found.ts";
import type { EngineFacts } from "../engine/place.ts";
import { otherPort } from "../settings/rules.ts";
import type { Settings } from "../settings/types.ts";
import { reasonOf, tryTcp, tryUdp } from "./portTrial.ts";

/** Where the agents are to run. */
export interface EnginePlace {
  /** Whether the engine's host is this one. */
  readonly isHere: boolean;
  readonly engine: EngineFacts;
}

/** As those of `findObstacles`. */
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
    "the engine remaps the users of containers (userns-remap), and so refuses a container on its host's own " +
      `network, in which the host's agent is to run; run ${other}\`pulumi config set hostAgent false\``,
  ];
}

/** An address of loopback that nobody uses, at which only those are met who listen at all addresses. */
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
  // The agent itself listens at the gateway alone. A seed that takes all addresses goes if this agent is to.
  const isOwn = own.some(({ published }) => published.includes(`0.0.0.0:${port}/tcp`));
  const addresses = [...(isOwn ? [] : [anyLoopback]), ...(isOwn || isUp ? [] : [subnet.gateway])];
  const codes = await Promise.all(
    addresses.flatMap((address) => [tryTcp(address, port), tryUdp(address, port)]),
  );
  if (!codes.includes("EADDRINUSE")) return [];
  const holder = isSwarmPort(port, engine)
    ? swarm
    : `another process listens on that port of all addresses, or of ${subnet.gateway}, which ` +
      `\`sudo ss -lntup 'sport = :${port}'\` names`;
  return [`hostAgentPort is ${port}, but ${holder}; ${advice}`];
}

/** Of the port that {@link isSwarmPort} means, as the rest of a sentence. */
export const swarm =
  "the engine is a node of a Swarm, which takes that port, TCP and UDP, of all addresses";

/** Whether the engine itself listens at a port, as a node of a Swarm does for other nodes. */
export function isSwarmPort(port: number, { isSwarmNode }: EngineFacts): boolean {
  // Like Serf it gossips by memberlist, on the port that is usual for that.
  return isSwarmNode && port === gossipPort;
}

async function rpcPortObstacles(
  { rpcPort }: Settings,
  isUp: boolean,
  { isHere }: EnginePlace,
): Promise<string[]> {
  // Ports of a remote engine cannot be tried from here.
  if (!isHere || isUp) return [];
  const code = await tryTcp("127.0.0.1", rpcPort);
  if (code === undefined) return [];
  return [
    `rpcPort is ${rpcPort}, but TCP port ${rpcPort} on 127.0.0.1 ${reasonOf(code)}; ` +
      `choose another, for example \`pulumi config set rpcPort ${otherPort(rpcPort)}\``,
  ];
}
