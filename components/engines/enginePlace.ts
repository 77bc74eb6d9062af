import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { volumesOn } from "../../lib/cluster/names.ts";
import { engineEnvironment } from "../../lib/engine/host.ts";
import type { Engine } from "../../lib/settings/members/engines.ts";
import type { ClusterSecrets } from "../cluster/clusterSecrets.ts";
import { Storage } from "../cluster/storage.ts";
import type { MemberPlace } from "../members/joiners.ts";
import { type EngineLink, isNamedOffline, linkNamedEngine } from "../stack/engineLink.ts";
import type { StackPlan } from "../stack/plan.ts";
import { registryOf } from "../../lib/cluster/registry.ts";

/** An engine with what its members need. */
export interface EnginePlace extends MemberPlace {
  readonly engine: string;
  readonly storage: Storage;
  readonly provider: docker.Provider;
  /** The options of components on this engine. */
  readonly link: EngineLink;
}

/** What all engines need. */
export interface SharedByEngines {
  readonly plan: StackPlan;
  readonly secrets: ClusterSecrets;
  /** The images' names in the registry. */
  readonly images: readonly string[];
  /** What must exist before anything is created on an engine. */
  readonly needed: readonly pulumi.Resource[];
}

/**
 * Declares on an engine the images and the volumes of its members.
 *
 * @param first the place of the first engine; undefined for the first engine itself. It rotates the gossip key, which
 *   only one may do at a time.
 */
export function declareEnginePlace(
  { name, ...engine }: Engine,
  { plan, secrets, images, needed }: SharedByEngines,
  first: EnginePlace | undefined,
): EnginePlace {
  const { settings, names, labels, agents, engineState } = plan;
  const { provider, ...link } = linkNamedEngine(
    { name, ...engine },
    registryOf(settings),
    engineState.isOffline && !isNamedOffline(settings),
  );
  // The first engine has built them.
  const pulled = (first === undefined ? [] : images).map(
    (image, index) =>
      new docker.RemoteImage(
        index === 0 ? `image-${name}` : `image-${name}-${index}`,
        { name: image },
        { provider, dependsOn: [...needed] },
      ),
  );
  const storage = new Storage(
    `storage-${name}`,
    {
      ...{ names: volumesOn(names.volumes, name), labels, image: images[0]!, secrets },
      ...{ fleets: agents.fleets, retainData: settings.retainData, engineState },
      expected: agents.expected,
    },
    { ...link, dependsOn: [...needed, ...pulled, ...(first ? [first.storage] : [])] },
  );
  return { engine: name, storage, link, provider, environment: engineEnvironment(engine) };
}
