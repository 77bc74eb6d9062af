import { gossipKeyFault, missingGossipKey } from "../agents/keyring.ts";
import { allowedStackNames, isStackName } from "../cluster/names.ts";
import { prefixFor } from "../cluster/subnet.ts";
import { defaultHost } from "../engine/host.ts";
import { maxJoiners, plainGroup, tagFaults } from "./members/groups.ts";
import { quote } from "./reader.ts";
import type { DeploymentPlace, Settings } from "./types.ts";

/**
 * The faults of settings that are allowed by themselves but not together.
 *
 * @param isHere whether the engine is on this Linux host.
 */
export function contradictions(
  settings: Settings,
  place: DeploymentPlace,
  isHere: boolean,
): string[] {
  const { stack, platform, engine, elsewhere, isSecret = (key) => key === "gossipKey" } = place;
  const { subnet, groups, hostAgent, rpcPort, gossipPort, dockerHost, dockerCertPath } = settings;
  const faults: string[] = [];
  if (settings.gossipKey !== undefined) {
    const fault = gossipKeyFault(settings.gossipKey, isSecret("gossipKey"));
    if (fault !== undefined) faults.push(fault);
    if (settings.keyRotation !== 0) {
      faults.push(
        `keyRotation is ${settings.keyRotation}, but gossipKey is set, and keyRotation replaces only ` +
          "generated keys; set another gossipKey, or remove it",
      );
    }
  } else if (settings.requireGossipKey) {
    faults.push(missingGossipKey);
  }
  for (const key of ["tags", "groups", "events"].filter(isSecret)) {
    faults.push(
      `${key} has an encrypted value, but it is in plain text in the state and on every member of the cluster; ` +
        "set it without --secret, or remove it",
    );
  }
  if (settings.tuneKernel && !isHere) {
    faults.push(
      "tuneKernel is true, but the kernel can be tuned from here only if the engine is on this Linux host; " +
        "run `pulumi config set tuneKernel false`",
    );
  }
  if (!isStackName(stack)) {
    faults.push(`the stack's name is ${quote(stack)}, allowed are ${allowedStackNames}`);
  }
  const names = groups.map(({ name }) => name);
  if (new Set(names).size < names.length) {
    faults.push(
      `groups has the name "${plainGroup}", which is reserved for the group of the setting joiners; rename it`,
    );
  }
  const joiners = groups.reduce((sum, { count }) => sum + count, 0);
  const hosts = hostAgent ? settings.engines.length : 0;
  if (joiners > maxJoiners) {
    faults.push(`joiners and groups have ${joiners} joiners, allowed are ${maxJoiners} in total`);
  } else if (joiners + hosts > subnet.capacity) {
    faults.push(
      `${groups.length > 1 ? "joiners and groups have" : "joiners is"} ${joiners}, but subnet ${subnet.cidr} ` +
        `has room for ${subnet.capacity - hosts}; choose a subnet of /${prefixFor(joiners + hosts)} or larger`,
    );
  }
  faults.push(...tagFaults(settings.tags, groups));
  if (settings.join === "gateway" && !hostAgent) {
    faults.push(
      "join is gateway, but hostAgent is false, and with gateway all members join the host's agent; " +
        "run `pulumi config set hostAgent true` or `pulumi config set join ip`",
    );
  }
  if (hostAgent && settings.hostAgentIn === "process" && !isHere) {
    const host = dockerHost ?? engine?.host ?? defaultHost;
    const reason =
      platform !== "linux"
        ? `on ${platform} this machine cannot reach the containers' network`
        : elsewhere === undefined
          ? `the engine is at ${host}, where no process can be started from here`
          : `the engine at ${host} ${elsewhere}, where no process can be started from here`;
    faults.push(
      `hostAgentIn is process, but ${reason}; run \`pulumi config set hostAgentIn auto\` or ` +
        "`pulumi config set hostAgent false`",
    );
  }
  if (dockerCertPath !== undefined && !dockerHost?.startsWith("tcp://")) {
    faults.push(
      `dockerCertPath is ${quote(dockerCertPath)}, but dockerHost is ${quote(dockerHost ?? "")}, and only ` +
        "a tcp:// engine uses TLS; set dockerHost, or remove dockerCertPath",
    );
  }
  if (hostAgent && rpcPort === gossipPort) {
    faults.push(`rpcPort and gossipPort are both ${rpcPort}, but they must differ`);
  }
  if (hostAgent && settings.hostAgentIn === "container" && rpcPort < 1024) {
    faults.push(
      `rpcPort is ${rpcPort}, but the host's agent in a container cannot use ports below 1024; choose ` +
        "another, for example `pulumi config set rpcPort 7373`",
    );
  }
  if (hostAgent && takesGateway(settings) && gossipPort === settings.hostAgentPort) {
    faults.push(
      `gossipPort and hostAgentPort are both ${gossipPort}, but publishAddress is ${settings.publishAddress}, ` +
        `which includes the host's agent at ${subnet.gateway}; choose another, for example ` +
        `\`pulumi config set hostAgentPort ${otherPort(gossipPort)}\``,
    );
  }
  return faults;
}

/** Whether the seed's port is published on the bridge's gateway, where the host's agent listens. */
function takesGateway({ publishAddress, subnet }: Settings): boolean {
  return publishAddress === "0.0.0.0" || publishAddress === subnet.gateway;
}

/** An alternative port for an error message. */
export function otherPort(port: number): number {
  return port < 65535 ? port + 1 : port - 1;
}
