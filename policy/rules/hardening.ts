/** Containers that cannot do more than they need. */
import { containerType, found, listIn, mapIn, type ResourceRule } from "./rule.ts";

/** A rule about the inputs of a container. */
function containerRule(
  name: string,
  description: string,
  check: (inputs: Readonly<Record<string, unknown>>) => readonly (string | false)[],
): ResourceRule {
  return {
    ...{ name, description, type: containerType },
    check: ({ inputs }) => check(inputs).filter((fault) => fault !== false),
  };
}

export const hardening: readonly ResourceRule[] = [
  containerRule("not-privileged", "No container is privileged.", ({ privileged }) => [
    privileged !== undefined && privileged !== false && found("privileged", privileged, "false"),
  ]),

  containerRule(
    "read-only-root",
    "The root file system of a container is read-only.",
    ({ readOnly }) => [readOnly !== true && found("readOnly", readOnly, "true")],
  ),

  containerRule(
    "no-capabilities",
    "A container has none of the kernel's capabilities.",
    ({ capabilities }) => {
      const { drops, adds } = mapIn(capabilities);
      const dropsAll = listIn(drops).some((name) => /^(CAP_)?ALL$/i.test(String(name)));
      return [
        !dropsAll && found("capabilities.drops", drops, '["ALL"]'),
        adds !== undefined &&
          !(Array.isArray(adds) && adds.length === 0) &&
          found("capabilities.adds", adds, "none"),
      ];
    },
  ),

  containerRule(
    "no-new-privileges",
    "No program in a container gains privileges that its parent lacks.",
    ({ securityOpts }) => {
      const options = listIn(securityOpts).map(String);
      const isSet = options.some((option) => /^no-new-privileges([=:]true)?$/.test(option));
      const isOff = options.some((option) => /^no-new-privileges[=:]false$/.test(option));
      const unconfined = options.filter((option) => /[=:]unconfined$/.test(option));
      return [
        (!isSet || isOff) && found("securityOpts", securityOpts, '["no-new-privileges=true"]'),
        unconfined.length > 0 && found("securityOpts", unconfined, "a profile, or Docker's own"),
      ];
    },
  ),

  containerRule(
    "limits",
    "A container has a limit of memory, without swap, and of processors.",
    ({ memory, memorySwap, cpus, cpuQuota }) => {
      const isPositive = (value: unknown) => Number(value) > 0;
      const hasProcessors = [cpus, cpuQuota].some(
        (value) => typeof value !== "symbol" && isPositive(value),
      );
      const hasMemory = typeof memory === "number" && isPositive(memory);
      return [
        !hasMemory && found("memory", memory, "a number of MiB"),
        hasMemory && memorySwap !== memory && found("memorySwap", memorySwap, "that of memory"),
        !hasProcessors && found("cpuQuota", cpuQuota, "a time in each cpuPeriod, or set cpus"),
      ];
    },
  ),

  containerRule(
    "no-host-folders",
    "No folder of the engine's host is mounted into a container.",
    ({ volumes, mounts }) => [
      ...listIn(volumes).map(
        (volume) =>
          mapIn(volume)["hostPath"] !== undefined &&
          found("volumes.hostPath", mapIn(volume)["hostPath"], "volumes.volumeName"),
      ),
      ...listIn(mounts).map(
        (mount) =>
          mapIn(mount)["type"] === "bind" &&
          found("mounts.source", mapIn(mount)["source"], "type volume or tmpfs"),
      ),
    ],
  ),
];
