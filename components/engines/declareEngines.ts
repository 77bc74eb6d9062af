import { inRegistry, registryOf } from "../../lib/cluster/registry.ts";
import type { NamedEngine } from "../../lib/engine/scope.ts";
import type { View } from "../../lib/membership/views.ts";
import type { DeclaredJoiner } from "../../lib/plan/joiners.ts";
import { ClusterNetwork } from "../cluster/clusterNetwork.ts";
import { ClusterSecrets } from "../cluster/clusterSecrets.ts";
import { declareLease } from "../cluster/lease.ts";
import { declareGate } from "../convergence/declareGate.ts";
import { ProcessLimits } from "../convergence/processLimits.ts";
import { declareImages } from "../image/images.ts";
import { Joiners } from "../members/joiners.ts";
import { Seed } from "../members/seed.ts";
import { after, type StackPlan } from "../stack/plan.ts";
import { Protection } from "../stack/protection.ts";
import { pushImages } from "../swarm/pushImages.ts";
import { EngineRoster } from "./engineRoster.ts";
import { EngineHosts } from "./engineHosts.ts";
import { declareEnginePlace, type EnginePlace } from "./enginePlace.ts";

/** Declares the cluster in containers on several engines; the returned values are the stack's outputs. */
export async function declareEngines(plan: StackPlan) {
  const { settings, names, labels, agents, engineState, change } = plan;
  const engines = settings.engines.map(({ name, host, certPath }): NamedEngine => ({
    ...{ name, host, ...(certPath !== undefined && { certPath }) },
  }));
  const registry = registryOf(settings);
  const images = declareImages(plan);
  const pushed = pushImages(plan, images);
  const secrets = new ClusterSecrets("secrets", settings);
  const lease = declareLease(plan);
  const network = new ClusterNetwork(
    "network",
    {
      ...{ networkName: names.network, labels, subnet: settings.subnet, engineState },
      isOverlay: true,
    },
    after(plan, lease),
  );
  const shared = {
    ...{ plan, secrets, needed: [...pushed.values()] },
    images: images.all.map(({ ref }) => inRegistry(registry, ref)),
  };
  const places: EnginePlace[] = [];
  for (const engine of settings.engines) {
    places.push(declareEnginePlace(engine, shared, places[0]));
  }
  const [manager] = places as [EnginePlace];

  const place = { labels, engineState, change, network };
  const storages = places.map(({ storage }) => storage);
  const isRolling = settings.maxUnavailable !== undefined;
  const seed = new Seed(
    "seed",
    { ...place, container: agents.seed, engine: manager.engine },
    { ...manager.link, dependsOn: [manager.storage] },
  );
  // Each member depends on the volumes of its own engine alone, so that one engine can be dropped from the state.
  const others = { dependsOn: isRolling ? [] : [seed] };
  const joiners = new Joiners(
    "joiners",
    {
      ...{ ...place, places, joiners: agents.joiners, fleets: agents.joinerFleets },
      joinAddress: settings.join === "dns" ? seed.memberName : seed.ip,
    },
    others,
  );
  const joinersOn = (name: string) =>
    joiners.containers.filter((_, index) => agents.joiners[index]!.engine === name);
  const first = new Map(
    isRolling ? [] : engines.map(({ name }) => [name, joinersOn(name)] as const),
  );
  const hosts = new EngineHosts("hosts", { ...place, hosts: agents.hosts, places, first }, others);

  const on = ({ name, engine }: Pick<DeclaredJoiner, "name" | "engine">): View => {
    const found = engines.find((one) => one.name === engine);
    return { kind: "container", name, ...(found && { engine: found }) };
  };
  const idsOn = (name: string) => [
    ...(name === manager.engine ? [seed.containerId] : []),
    ...hosts.containerIds.filter((_, index) => agents.hosts[index]!.engine === name),
    ...joinersOn(name).map(({ id }) => id),
  ];
  const limits = places.map(
    ({ engine, link }) =>
      new ProcessLimits(
        `process-limits-${engine}`,
        { containers: idsOn(engine), generation: engineState.ofProcessLimits },
        link,
      ),
  );
  const listed = { engines, labels };
  const roster = new EngineRoster("roster", listed, after(plan, seed, hosts, joiners));
  const { convergence, events } = declareGate(plan, {
    views: [
      on({ name: names.seed, engine: manager.engine }),
      ...agents.joiners.slice(-1).map(on),
      ...agents.hosts.slice(-1).map(on),
    ],
    ...{ engines, isHostFormer: false, storages },
    incarnations: [seed.containerId, ...hosts.containerIds, ...joiners.containerIds],
    needed: [seed, hosts, joiners, roster, ...limits],
  });
  new Protection("protection", {
    protect: settings.protect,
    dependsOn: [
      ...[...images.all, secrets, lease, network, ...storages, convergence],
      ...(events ? [events] : []),
    ],
  });
  await change?.run();

  const [host] = agents.hosts;
  return {
    image: images.main.id,
    seed: { name: seed.memberName, ip: seed.ip, endpoint: seed.endpoint },
    joiners: joiners.joiners,
    host: host ? { name: host.name, address: host.address } : null,
    members: convergence.members,
  };
}
