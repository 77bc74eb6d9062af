import {
  agentCommand,
  agentEnvironment,
  type ContainerLimits,
  cpuPeriod,
  cpuQuota,
  engineMounts,
  logSize,
  processLimit,
  securityOptions,
  restartPolicy,
  stopGrace,
  writableFolders,
} from "../components/agentContainer.ts";
import { joinerLabels, type JoinerSpec, type JoinerTemplate } from "../components/joinerPlan.ts";
import { engine, query } from "./engineApi.ts";

/** How many joiners' containers are made, or started, at once; bench/README.md has the figures. */
export const atOnce = 8;

/**
 * Makes the container of a joiner, without starting it.
 *
 * @returns the engine's ID of it.
 * @throws EngineError when the engine refuses; the message names what it refused.
 */
export async function createJoiner(template: JoinerTemplate, joiner: JoinerSpec): Promise<string> {
  const network = template.network.name;
  const { Id: id } = (await engine({
    method: "POST",
    path: `/containers/create?${query({ name: joiner.name })}`,
    body: {
      Image: joiner.image,
      Cmd: agentCommand({ ...joiner, profile: template.profile }),
      Env: agentEnvironment({ ...joiner, limits: template.limits }),
      Labels: joinerLabels(template.labels, joiner),
      StopTimeout: stopGrace,
      HostConfig: {
        ...hardening(template.limits),
        NetworkMode: network,
        RestartPolicy: { Name: restartPolicy },
        Mounts: engineMounts(template.volumes),
      },
      NetworkingConfig: {
        EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: joiner.address } } },
      },
    },
  })) as { Id: string };
  return id;
}

/** What keeps an agent's container in its bounds, as the engine's API takes it. */
export function hardening(limits: ContainerLimits) {
  return {
    ReadonlyRootfs: true,
    Tmpfs: writableFolders,
    CapDrop: ["ALL"],
    SecurityOpt: securityOptions,
    Memory: limits.memory * 2 ** 20,
    MemorySwap: limits.memory * 2 ** 20,
    CpuPeriod: cpuPeriod,
    CpuQuota: cpuQuota(limits),
    PidsLimit: processLimit,
    LogConfig: { Type: "json-file", Config: logSize },
  };
}
