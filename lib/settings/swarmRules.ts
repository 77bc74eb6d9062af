/** The faults of a configuration whose members are services of a Swarm. */
import { quote } from "./reader.ts";
import { table } from "./table.ts";
import type { DeploymentPlace, Settings } from "./types.ts";

/** Why a setting has no meaning with services, as the end of a sentence. */
const meaningless: Partial<Record<keyof typeof table, string>> = {
  gossipPort: "a service's ports are published on all addresses of its nodes, so none is",
  publishAddress: "a service's ports are published on all addresses of its nodes, so none is",
  hostAgentIn: "the agents of the hosts are tasks of a service",
  hostAgentPort: "the agents of the hosts have addresses of their own on the cluster's network",
  rpcPort: "the agents of the hosts have loopback interfaces of their own",
  retainData: "a task's data ends with it",
  tuneKernel: "the other nodes' kernels cannot be reached from here",
};

const unset = (key: string) => `run \`pulumi config rm ${key}\``;

/**
 * @param values the configured values by key.
 * @param isSecret whether Pulumi stores a setting encrypted. Default: it stores the password so.
 */
export function swarmFaults(
  settings: Settings,
  values: Readonly<Record<string, string>>,
  isSecret: DeploymentPlace["isSecret"] = () => true,
): string[] {
  if (settings.swarm === "off") return faultsOnOneEngine(settings);
  const faults = Object.entries(meaningless)
    .filter(([key]) => isChanged(key as keyof typeof table, values))
    .map(
      ([key, reason]) =>
        `${key} is ${quote(values[key]!)}, but swarm is services, and ${reason}; ${unset(key)}`,
    );
  if (settings.registry === undefined) {
    faults.push(
      "swarm is services, but registry is not set, from which the nodes pull the image; run " +
        "`pulumi config set registry registry.example:5000/serf` with your own",
    );
  }
  if ((settings.registryUser === undefined) !== (settings.registryPassword === undefined)) {
    const [there, missing] =
      settings.registryUser === undefined
        ? ["registryPassword", "registryUser"]
        : ["registryUser", "registryPassword"];
    faults.push(`${there} is set, but ${missing} is not; set both, or neither`);
  }
  if (settings.registryPassword !== undefined && !isSecret("registryPassword")) {
    faults.push(
      "registryPassword is in plain text in the stack's configuration, where anybody who can read the file can see " +
        "it; choose another and store it encrypted with `pulumi config set --secret registryPassword`",
    );
  }
  if (!settings.hostAgent) {
    faults.push(
      "hostAgent is false, but swarm is services, and commands ask the agents of the hosts; run " +
        "`pulumi config set hostAgent true`",
    );
  }
  if (settings.join === "gateway") {
    faults.push(
      "join is gateway, but swarm is services, whose members join the tasks of the seed's and of the hosts' service " +
        "by name; run `pulumi config rm join`",
    );
  }
  return faults;
}

function faultsOnOneEngine(settings: Settings): string[] {
  const chosen = settings.groups.filter(({ on }) => Object.keys(on).length > 0);
  return [
    ...(["registry", "registryUser", "registryPassword"] as const)
      .filter((key) => settings[key] !== undefined)
      .map(
        (key) => `${key} is set, but swarm is off, and only a Swarm pulls the image; ${unset(key)}`,
      ),
    ...chosen.map(
      ({ name, on }) =>
        `groups.${name}.on is ${JSON.stringify(on)}, but swarm is off, and one engine has no nodes to choose from; ` +
        "remove it",
    ),
  ];
}

function isChanged(key: keyof typeof table, values: Readonly<Record<string, string>>): boolean {
  const value = values[key];
  return value !== undefined && value !== "" && value !== table[key].default;
}
