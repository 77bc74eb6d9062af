import { containerSpec } from "./agentContainer.ts";
import type { MadeContainer } from "./containerFacts.ts";
import { joinerNames } from "./groups.ts";
import { addressLabel, roleLabel, specLabel } from "./labels.ts";
import type { Names } from "./names.ts";
import { imageRef } from "./serfImage.ts";
import type { Settings } from "./settings.ts";
import type { FoundContainer } from "./standing.ts";

/**
 * Tells of a container what it was made from, where that is what is declared now. One that was made from
 * something else is to be replaced anyway.
 */
export function declaredContainers(
  settings: Settings,
  names: Names,
): (found: FoundContainer) => MadeContainer | undefined {
  const { subnet, limits, profile, publishAddress, gossipPort, rpcPort, hostAgentPort } = settings;
  const common = { network: names.network, volumes: names.volumes, limits, profile };
  const main = imageRef(names.prefix, settings);
  const joiners = new Map(
    settings.groups.flatMap((group) => {
      const image = imageRef(names.prefix, { ...settings, ...group.image });
      const made = { group: group.name, image };
      return joinerNames([group], names.prefix).map((name) => [name, made]);
    }),
  );
  const madeAs = ({ name, labels }: FoundContainer): MadeContainer | undefined => {
    switch (labels[roleLabel]) {
      case "seed": {
        const publish = { address: publishAddress, port: gossipPort };
        const place = { address: subnet.seed, publish };
        return { ...common, ...place, name, role: "seed", group: "seed", image: main };
      }
      case "joiner": {
        const [joiner, address] = [joiners.get(name), labels[addressLabel]];
        if (joiner === undefined || address === undefined) return undefined;
        return { ...common, ...joiner, name, role: "joiner", address };
      }
      case "host": {
        const place = { network: "host", address: subnet.gateway, port: hostAgentPort, rpcPort };
        return { ...common, ...place, name, role: "host", group: "host", image: main };
      }
      default:
        return undefined;
    }
  };
  return (found) => {
    const made = madeAs(found);
    return made && containerSpec(made) === found.labels[specLabel] ? made : undefined;
  };
}
