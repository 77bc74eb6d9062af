/** Containers that cannot do more than they need. */
import {
  containerSpecIn,
  containerType,
  found,
  inputRule,
  listIn,
  mapIn,
  type ResourceRule,
  serviceType,
} from "./rule.ts";

export const hardening: readonly ResourceRule[] = [
  // Services cannot be privileged.
  inputRule("not-privileged", "No container is privileged.", {
    [containerType]: ({ privileged }) => [
      privileged !== undefined && privileged !== false && found("privileged", privileged, "false"),
    ],
  }),

  inputRule("read-only-root", "The root file system of a container is read-only.", {
    [containerType]: ({ readOnly }) => [readOnly !== true && found("readOnly", readOnly, "true")],
    [serviceType]: (inputs) => {
      const { readOnly } = containerSpecIn(inputs);
      return [readOnly !== true && found("taskSpec.containerSpec.readOnly", readOnly, "true")];
    },
  }),

  inputRule("no-capabilities", "A container has none of the kernel's capabilities.", {
    [containerType]: ({ capabilities }) => {
      const { drops, adds } = mapIn(capabilities);
      return capabilityFaults(["capabilities.drops", "capabilities.adds"], drops, adds);
    },
    [serviceType]: (inputs) => {
      const { capDrops, capAdds } = containerSpecIn(inputs);
      const names = ["taskSpec.containerSpec.capDrops", "taskSpec.containerSpec.capAdds"] as const;
      return capabilityFaults(names, capDrops, capAdds);
    },
  }),

  inputRule(
    "no-new-privileges",
    "No program in a container gains privileges that its parent lacks, and no security profile is off.",
    {
      [containerType]: ({ securityOpts }) => {
        const options = listIn(securityOpts).map(String);
        const isSet = options.some((option) => /^no-new-privileges([=:]true)?$/.test(option));
        const isOff = options.some((option) => /^no-new-privileges[=:]false$/.test(option));
        const unconfined = options.filter((option) => /[=:]unconfined$/.test(option));
        return [
          (!isSet || isOff) && found("securityOpts", securityOpts, '["no-new-privileges=true"]'),
          unconfined.length > 0 && found("securityOpts", unconfined, "a profile, or Docker's own"),
        ];
      },
      // The provider has nothing else of securityOpts for services.
      [serviceType]: (inputs) => {
        const { disable } = mapIn(mapIn(containerSpecIn(inputs)["privileges"])["seLinuxContext"]);
        const input = "taskSpec.containerSpec.privileges.seLinuxContext.disable";
        return [disable !== undefined && disable !== false && found(input, disable, "false")];
      },
    },
  ),

  inputRule(
    "limits",
    "A container has a limit of memory, without swap unless it is a service's, and of processors.",
    {
      [containerType]: ({ memory, memorySwap, cpus, cpuQuota }) => {
        const hasProcessors = [cpus, cpuQuota].some(isPositive);
        const hasMemory = typeof memory === "number" && isPositive(memory);
        return [
          !hasMemory && found("memory", memory, "a number of MiB"),
          hasMemory && memorySwap !== memory && found("memorySwap", memorySwap, "that of memory"),
          !hasProcessors && found("cpuQuota", cpuQuota, "a time in each cpuPeriod, or set cpus"),
        ];
      },
      // The provider cannot limit the swap of services.
      [serviceType]: ({ taskSpec }) => {
        const { memoryBytes, nanoCpus } = mapIn(mapIn(mapIn(taskSpec)["resources"])["limits"]);
        const input = "taskSpec.resources.limits";
        return [
          !isPositive(memoryBytes) &&
            found(`${input}.memoryBytes`, memoryBytes, "a number of bytes"),
          !isPositive(nanoCpus) &&
            found(`${input}.nanoCpus`, nanoCpus, "a number, 1000000000 for one processor"),
        ];
      },
    },
  ),
];

/** What is wrong with the dropped and the added capabilities, in the inputs with these names. */
function capabilityFaults(
  [dropsInput, addsInput]: readonly [string, string],
  drops: unknown,
  adds: unknown,
): (string | false)[] {
  const dropsAll = listIn(drops).some((name) => /^(CAP_)?ALL$/i.test(String(name)));
  const addsNone = adds === undefined || (Array.isArray(adds) && adds.length === 0);
  return [
    !dropsAll && found(dropsInput, drops, '["ALL"]'),
    !addsNone && found(addsInput, adds, "none"),
  ];
}

function isPositive(value: unknown): boolean {
  return typeof value !== "symbol" && Number(value) > 0;
}
