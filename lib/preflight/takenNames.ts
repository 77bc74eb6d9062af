import { carries, type Labels } from "../cluster/labels.ts";
import type { Names } from "../cluster/names.ts";
import type { Inventory } from "../engine/found.ts";
import { joinerNames } from "../settings/members/groups.ts";
import type { Settings } from "../settings/types.ts";

/**
 * Finds objects that have a name that the stack needs but do not belong to the stack. They would be used, replaced
 * and removed as if they did, or make `up` fail halfway.
 */
export function takenNames(
  settings: Settings,
  names: Names,
  labels: Labels,
  {
    foreign,
    networks,
    wantedImages,
  }: Pick<Inventory, "foreign" | "networks"> & {
    /** The images' names with tags. */
    readonly wantedImages: readonly string[];
  },
): string[] {
  const { groups, hostAgent, hostAgentIn, retainData } = settings;
  const { config, data } = names.volumes;
  const host = hostAgent && hostAgentIn === "container" ? [names.host] : [];
  const foreignNetworks = networks.filter((found) => !carries(found.labels, labels));
  return [
    ...faults("a container", [names.seed, ...joinerNames(groups, names.prefix), ...host], {
      found: foreign.containers,
      advise: (name) => `rename it with \`docker rename ${name} NAME\`, remove it`,
    }),
    ...faults("a network", [names.network], {
      found: foreignNetworks.map(({ name }) => name),
      advise: (name) => `remove it with \`docker network rm ${name}\``,
    }),
    ...faults("a volume", [config, names.lease], {
      found: foreign.volumes,
      advise: (name) => `remove it with \`docker volume rm ${name}\``,
    }),
    ...faults("a volume", retainData ? [] : [data], {
      found: foreign.volumes,
      advise: (name) =>
        "let the stack use and keep its data with `pulumi config set retainData true`, " +
        `remove it with \`docker volume rm ${name}\``,
    }),
    ...faults("an image", [...new Set(wantedImages)], {
      found: foreign.images,
      advise: (name) => `remove the name with \`docker image rm ${name}\``,
    }),
  ];
}

interface Others {
  /** The names of the existing objects. */
  readonly found: readonly string[];
  /** What to do about an object, other than renaming the stack. */
  readonly advise: (name: string) => string;
}

function faults(kind: string, wanted: readonly string[], { found, advise }: Others): string[] {
  const taken = new Set(found);
  return wanted
    .filter((name) => taken.has(name))
    .map(
      (name) =>
        `the engine has ${kind} named ${name} that does not belong to this stack, which needs the name; ` +
        `${advise(name)}, or give the stack another name`,
    );
}
