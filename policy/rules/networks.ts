/** What a container shares with the engine's host, and who reaches its ports. */
import { roleLabel } from "../../lib/cluster/labels.ts";
import { labelsIn } from "./labels.ts";
import { containerType, found, listIn, mapIn, type ResourceRule } from "./rule.ts";

/** The addresses that stand for all addresses of a host. The provider's default is the first. */
const allAddresses: readonly unknown[] = ["0.0.0.0", "::", "", undefined];

export const ports: ResourceRule = {
  name: "no-open-ports",
  description: "No port is published on all addresses of the engine's host.",
  type: containerType,
  check: ({ inputs }) => [
    ...listIn(inputs["ports"]).flatMap((port) => {
      const { ip, internal } = mapIn(port);
      const where = `ports.ip of port ${String(internal)}`;
      return allAddresses.includes(ip) ? [found(where, ip, "one address, such as 127.0.0.1")] : [];
    }),
    ...(inputs["publishAllPorts"] === true ? [found("publishAllPorts", true, "false")] : []),
  ],
};

export const namespaces: ResourceRule = {
  name: "host-namespaces",
  description:
    "Only the host's agent is on the network of the engine's host, and no container sees its processes.",
  type: containerType,
  check: ({ inputs }) => {
    const { networkMode, pidMode, ipcMode, usernsMode } = inputs;
    const isHostAgent = labelsIn(inputs).get(roleLabel) === "host";
    const shared = { pidMode, ipcMode, usernsMode };
    return [
      ...(networkMode === "host" && !isHostAgent
        ? [found("networkMode", networkMode, "bridge, for any but the host's agent")]
        : []),
      ...Object.entries(shared).flatMap(([input, mode]) =>
        mode === "host" ? [found(input, mode, "the container's own")] : [],
      ),
    ];
  },
};
