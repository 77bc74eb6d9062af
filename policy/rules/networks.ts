/** What a container shares with the engine's host, and who reaches its ports. */
import { roleLabel } from "../../lib/cluster/labels.ts";
import { labelsIn } from "./labels.ts";
import { containerType, found, inputRule, listIn, mapIn, serviceType } from "./rule.ts";

/** The addresses that stand for all addresses of a host. The provider's default is the first. */
const allAddresses: readonly unknown[] = ["0.0.0.0", "::", "", undefined];

export const ports = inputRule(
  "no-open-ports",
  "No port is published on all addresses of the engine's host, and none of a service.",
  {
    [containerType]: (inputs) => [
      ...listIn(inputs["ports"]).map((port) => {
        const { ip, internal } = mapIn(port);
        const where = `ports.ip of port ${String(internal)}`;
        return allAddresses.includes(ip) && found(where, ip, "one address, such as 127.0.0.1");
      }),
      inputs["publishAllPorts"] === true && found("publishAllPorts", true, "false"),
    ],
    [serviceType]: ({ endpointSpec }) => {
      const { ports: published = [] } = mapIn(endpointSpec);
      const shown = Array.isArray(published)
        ? published.map((port) => mapIn(port)["targetPort"])
        : published;
      const allowed = "none, since Swarm publishes a port on all addresses of its nodes";
      return [
        !(Array.isArray(shown) && shown.length === 0) &&
          found("endpointSpec.ports", shown, allowed),
      ];
    },
  },
);

export const namespaces = inputRule(
  "host-namespaces",
  "Only the host's agent is on the network of the engine's host, if it is no service, and no container sees its " +
    "processes.",
  {
    [containerType]: (inputs) => {
      const { networkMode, pidMode, ipcMode, usernsMode } = inputs;
      const isHostAgent = labelsIn(inputs).get(roleLabel) === "host";
      return [
        networkMode === "host" &&
          !isHostAgent &&
          found("networkMode", networkMode, "bridge, for any but the host's agent"),
        ...Object.entries({ pidMode, ipcMode, usernsMode }).map(
          ([input, mode]) => mode === "host" && found(input, mode, "the container's own"),
        ),
      ];
    },
    [serviceType]: ({ taskSpec }) =>
      listIn(mapIn(taskSpec)["networksAdvanceds"]).flatMap((network) =>
        ["id", "name"].map((key) => {
          const value = mapIn(network)[key];
          const input = `taskSpec.networksAdvanceds.${key}`;
          return value === "host" && found(input, value, "an overlay network");
        }),
      ),
  },
);
