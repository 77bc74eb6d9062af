/**
 * Compares a running container with its description, in everything that people can change without recreating it.
 */
import type { ComparedDescription } from "./args.ts";
import { isAgentVariable } from "./description.ts";

/** The compared part of the engine's answer for a container. */
export interface InspectedContainer {
  readonly State: { readonly Status: string };
  readonly Config: {
    readonly Image: string;
    readonly Cmd: readonly string[] | null;
    readonly Env: readonly string[] | null;
  };
  readonly HostConfig: {
    readonly Memory: number;
    readonly MemorySwap: number;
    readonly MemoryReservation: number;
    readonly NanoCpus: number;
    readonly CpuPeriod: number;
    readonly CpuQuota: number;
    readonly CpuShares: number;
    readonly CpusetCpus: string;
    readonly BlkioWeight: number;
    readonly PidsLimit: number | null;
    readonly RestartPolicy: { readonly Name: string };
    readonly Privileged: boolean;
    readonly ReadonlyRootfs: boolean;
    readonly CapAdd: readonly string[] | null;
    readonly CapDrop: readonly string[] | null;
    readonly PortBindings: Readonly<
      Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[] | null>
    > | null;
  };
  readonly Mounts: readonly {
    readonly Type: string;
    readonly Name?: string;
    readonly Source: string;
    readonly Destination: string;
    readonly RW: boolean;
  }[];
  readonly NetworkSettings: {
    readonly Networks: Readonly<
      Record<
        string,
        {
          readonly IPAddress: string;
          readonly IPAMConfig: { readonly IPv4Address?: string } | null;
        }
      >
    > | null;
  };
}

/** A difference between a container and its description. */
export interface Edit {
  /** For example `memory`. */
  readonly what: string;
  readonly made: string;
  readonly found: string;
}

/** The differences between a running container and its description. */
export function editsOf(made: ComparedDescription, found: InspectedContainer): Edit[] {
  const facts = factsIn(found);
  return Object.entries(factsOf(made))
    .map(([what, text]) => ({ what, made: text, found: facts[what as keyof typeof facts] }))
    .filter((edit) => edit.made !== edit.found);
}

/** The limits that an engine ignores if its kernel does not support them, by the field of the engine's `/info`. */
export const optionalLimits: Readonly<Record<string, readonly (keyof Facts)[]>> = {
  MemoryLimit: ["memory", "memory with swap"],
  SwapLimit: ["memory with swap"],
  CpuCfsQuota: ["processors"],
  PidsLimit: ["processes"],
};

type Facts = ReturnType<typeof factsIn>;

function factsOf(made: ComparedDescription): Facts {
  const { network } = made;
  return {
    image: made.image,
    command: made.command.join(" "),
    environment: list(made.environment),
    memory: `${made.memory} MiB`,
    "memory with swap": `${made.memoryWithSwap} MiB`,
    "memory reservation": "none",
    processors: String(made.cpuQuota / made.cpuPeriod),
    "processor shares": "none",
    "processor set": "any",
    "block I/O weight": "none",
    processes: String(made.processLimit),
    "restart policy": made.restartPolicy,
    privileges: "none",
    networks: [network.name, ...("address" in network ? [network.address] : [])].join(" "),
    ports: list(
      made.ports.map(
        ({ protocol, internal, address, port }) =>
          `${address}:${port || "auto"} to ${internal}/${protocol}`,
      ),
    ),
    volumes: list(
      made.mounts.map(({ volume, path, isReadOnly }) => mountText(volume, path, isReadOnly)),
    ),
  };
}

function factsIn({ Config, HostConfig, Mounts, NetworkSettings }: InspectedContainer) {
  const bindings = Object.entries(HostConfig.PortBindings ?? {});
  const networks = Object.entries(NetworkSettings.Networks ?? {});
  return {
    image: Config.Image,
    command: (Config.Cmd ?? []).join(" "),
    // The image sets other variables.
    environment: list((Config.Env ?? []).filter(isAgentVariable)),
    memory: memoryText(HostConfig.Memory),
    "memory with swap": memoryText(HostConfig.MemorySwap),
    "memory reservation": memoryText(HostConfig.MemoryReservation),
    processors: processorsText(HostConfig),
    "processor shares": HostConfig.CpuShares === 0 ? "none" : String(HostConfig.CpuShares),
    "processor set": HostConfig.CpusetCpus || "any",
    "block I/O weight": HostConfig.BlkioWeight === 0 ? "none" : String(HostConfig.BlkioWeight),
    processes: (HostConfig.PidsLimit ?? 0) > 0 ? String(HostConfig.PidsLimit) : "any number",
    "restart policy": HostConfig.RestartPolicy.Name || "no",
    privileges: list([
      ...(HostConfig.Privileged ? ["privileged"] : []),
      ...(HostConfig.ReadonlyRootfs ? [] : ["a writable root file system"]),
      ...(HostConfig.CapDrop?.includes("ALL") ? [] : ["capabilities"]),
      ...(HostConfig.CapAdd ?? []),
    ]),
    networks: list(
      networks.map(([name, { IPAddress, IPAMConfig }]) =>
        `${name} ${IPAMConfig?.IPv4Address || IPAddress}`.trim(),
      ),
    ),
    ports: list(
      bindings.flatMap(([port, places]) =>
        (places ?? []).map(
          ({ HostIp, HostPort }) =>
            `${HostIp}:${["", "0"].includes(HostPort) ? "auto" : HostPort} to ${port}`,
        ),
      ),
    ),
    volumes: list(
      Mounts.filter(({ Type }) => Type !== "tmpfs").map(({ Name, Source, Destination, RW }) =>
        mountText(Name ?? Source, Destination, !RW),
      ),
    ),
  };
}

function list(texts: readonly string[]): string {
  return [...texts].sort().join(", ") || "none";
}

function mountText(volume: string, path: string, isReadOnly: boolean): string {
  return `${volume} at ${path}${isReadOnly ? ", read-only" : ""}`;
}

function memoryText(bytes: number): string {
  if (bytes === 0) return "none";
  return bytes < 0 ? "unlimited" : `${Math.round((bytes / 2 ** 20) * 100) / 100} MiB`;
}

function processorsText({ NanoCpus, CpuPeriod, CpuQuota }: InspectedContainer["HostConfig"]) {
  if (NanoCpus > 0) return String(NanoCpus / 1e9);
  // The engine's default period.
  return CpuQuota > 0 ? String(CpuQuota / (CpuPeriod || 100_000)) : "any number";
}
