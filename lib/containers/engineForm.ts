import type { ContainerDescription } from "./description.ts";

/** A container's description in the form of the engine's API, without its networks, ports and volumes. */
export function engineContainer(
  description: ContainerDescription,
  labels: Readonly<Record<string, string>>,
) {
  const bytes = (mebibytes: number) => mebibytes * 2 ** 20;
  return {
    Image: description.image,
    Cmd: description.command,
    Env: description.environment,
    Labels: labels,
    StopTimeout: description.stopGrace,
    HostConfig: {
      ReadonlyRootfs: description.isRootReadOnly,
      Tmpfs: { ...description.tmpfs },
      CapDrop: description.droppedCapabilities,
      SecurityOpt: description.securityOptions,
      Memory: bytes(description.memory),
      MemorySwap: bytes(description.memoryWithSwap),
      CpuPeriod: description.cpuPeriod,
      CpuQuota: description.cpuQuota,
      PidsLimit: description.processLimit,
      LogConfig: { Type: description.logDriver, Config: description.logOptions },
    },
  };
}
