import { startArguments } from "../../lib/agents/config.ts";
import { runningHostAgent } from "../../lib/agents/process.ts";
import type { Names } from "../../lib/cluster/names.ts";
import type { EngineState } from "../../lib/drift/engineState.ts";
import { type Agents, specOf } from "../../lib/plan/agents.ts";
import type { Settings } from "../../lib/settings/types.ts";
import type { ChangedMembers } from "./rollingChange.ts";

/** Finds the members that this deployment creates, and those that it replaces. */
export function changedMembers(
  agents: Agents,
  settings: Settings,
  names: Names,
  engineState: EngineState,
): ChangedMembers {
  const { seed, joiners, hosts, host, hostContainer } = agents;
  const [ofJoiners, ofHosts] = [joiners, hosts].map((members) =>
    members.map(({ container }) => container),
  ) as [(typeof seed)[], (typeof seed)[]];
  const containers = [...ofJoiners, ...ofHosts, seed];
  const isReplaced = (container: typeof seed) =>
    engineState.isReplaced(container.name, specOf(container));
  const replacedOf = (some: readonly (typeof seed)[]) =>
    some.filter(isReplaced).map(({ name }) => name);
  const fresh = containers.filter(({ name }) => !engineState.runs(name)).map(({ name }) => name);
  // On each of several engines the joiners come first; EngineHosts says why.
  if (hosts.length > 0) {
    return { fresh, replaced: [replacedOf(ofJoiners), replacedOf([...ofHosts, seed])] };
  }
  const replaced = replacedOf(containers);
  if (host === undefined) return { fresh, replaced: [replaced] };
  const process = hostContainer === undefined && runningHostAgent(names.hostAgentDir);
  const isHostFresh = hostContainer ? !engineState.runs(host.name) : process === undefined;
  // A process joins through the seed's published port, so it has to wait until the seed has that port.
  const { publishAddress, gossipPort } = settings;
  const hasPort = engineState.recordedEndpoint === `${publishAddress}:${gossipPort}`;
  const waitsForPort = hostContainer === undefined && !hasPort && replaced.includes(seed.name);
  if (isHostFresh && !waitsForPort) return { fresh: [...fresh, host.name], replaced: [replaced] };
  const isHostReplaced = hostContainer
    ? isReplaced(hostContainer)
    : !process ||
      !process.isAsStarted({
        args: startArguments({ ...host, profile: settings.profile }),
        generation: engineState.ofHostProcess,
        image: seed.image,
      });
  return { fresh, replaced: [replaced, isHostReplaced ? [host.name] : []] };
}
