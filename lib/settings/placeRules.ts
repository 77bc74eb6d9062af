/**
 * The faults of a configuration whose members run on more than one engine: as services of a Swarm, or in containers on
 * several engines; and of settings that only those have.
 */
import { enginesFor } from "./members/engines.ts";
import { quote } from "./reader.ts";
import { table } from "./table.ts";
import type { DeploymentPlace, Settings } from "./types.ts";

type Reasons = Partial<Record<keyof typeof table, string>>;

/** Why a setting has no meaning with services, as the end of a sentence. */
const meaninglessServices: Reasons = {
  gossipPort: "a service's ports are published on all addresses of its nodes, so none is",
  publishAddress: "a service's ports are published on all addresses of its nodes, so none is",
  hostAgentIn: "the agents of the hosts are tasks of a service",
  hostAgentPort: "the agents of the hosts have addresses of their own on the cluster's network",
  rpcPort: "the agents of the hosts have loopback interfaces of their own",
  retainData: "a task's data ends with it",
  tuneKernel: "the other nodes' kernels cannot be reached from here",
};

const separate =
  "the agents of the hosts are containers with addresses of their own on the cluster's network";

/** Why a setting has no meaning with several engines, as the end of a sentence. */
const meaninglessEngines: Reasons = {
  gossipPort: "members reach each other on the cluster's network, so no port is published",
  publishAddress: "members reach each other on the cluster's network, so no port is published",
  hostAgentIn: separate,
  hostAgentPort: separate,
  rpcPort: separate,
  dockerHost: "the first of them is the engine that is asked first",
  dockerCertPath: "each of them has a certPath of its own",
  tuneKernel: "the other engines' kernels cannot be reached from here",
};

const unset = (key: string) => `run \`pulumi config rm ${key}\``;

/**
 * @param values the configured values by key.
 * @param isSecret whether Pulumi stores a setting encrypted. Default: it stores the password so.
 */
export function placeFaults(
  settings: Settings,
  values: Readonly<Record<string, string>>,
  isSecret: DeploymentPlace["isSecret"] = () => true,
): string[] {
  const isServices = settings.swarm === "services";
  if (isServices && settings.engines.length > 0) {
    return [
      "engines are set, and swarm is services, but members are either containers on these engines or services of the " +
        `Swarm; ${unset("engines")} or \`pulumi config rm swarm\``,
    ];
  }
  if (isServices) {
    return [
      ...meaninglessFaults("swarm is services", meaninglessServices, values),
      ...registryFaults("swarm is services", settings, isSecret),
      ...servicesFaults(settings),
    ];
  }
  if (settings.engines.length > 0) {
    return [
      ...meaninglessFaults("engines are set", meaninglessEngines, values),
      ...registryFaults("engines are set", settings, isSecret),
      ...enginesFaults(settings),
    ];
  }
  return faultsOnOneEngine(settings);
}

function meaninglessFaults(
  what: string,
  reasons: Reasons,
  values: Readonly<Record<string, string>>,
): string[] {
  return Object.entries(reasons)
    .filter(([key]) => isChanged(key as keyof typeof table, values))
    .map(
      ([key, reason]) =>
        `${key} is ${quote(values[key]!)}, but ${what}, and ${reason}; ${unset(key)}`,
    );
}

function registryFaults(
  what: string,
  { registry, registryUser, registryPassword }: Settings,
  isSecret: (key: string) => boolean,
): string[] {
  const faults: string[] = [];
  if (registry === undefined) {
    faults.push(
      `${what}, but registry is not set, from which the nodes pull the image; run ` +
        "`pulumi config set registry registry.example:5000/serf` with your own",
    );
  }
  if ((registryUser === undefined) !== (registryPassword === undefined)) {
    const [there, missing] =
      registryUser === undefined
        ? ["registryPassword", "registryUser"]
        : ["registryUser", "registryPassword"];
    faults.push(`${there} is set, but ${missing} is not; set both, or neither`);
  }
  if (registryPassword !== undefined && !isSecret("registryPassword")) {
    faults.push(
      "registryPassword is in plain text in the stack's configuration, where anybody who can read the file can see " +
        "it; choose another and store it encrypted with `pulumi config set --secret registryPassword`",
    );
  }
  return faults;
}

function servicesFaults({ hostAgent, join }: Settings): string[] {
  return [
    ...(hostAgent
      ? []
      : [
          "hostAgent is false, but swarm is services, and commands ask the agents of the hosts; run " +
            "`pulumi config set hostAgent true`",
        ]),
    ...(join === "gateway"
      ? [
          "join is gateway, but swarm is services, whose members join the tasks of the seed's and of the hosts' " +
            "service by name; run `pulumi config rm join`",
        ]
      : []),
  ];
}

function enginesFaults({ engines, groups, join }: Settings): string[] {
  const homeless = groups.filter(({ on }) => enginesFor({ on }, engines).length === 0);
  return [
    ...homeless.map(
      ({ name, on }) =>
        `groups.${name}.on is ${JSON.stringify(on)}, but none of the engines has these labels; add them to the labels ` +
        "of an engine",
    ),
    ...(join === "gateway"
      ? [
          "join is gateway, but engines are set, and no host has an address on the cluster's network; run " +
            "`pulumi config rm join`",
        ]
      : []),
  ];
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
