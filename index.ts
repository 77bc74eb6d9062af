import { ClusterNetwork } from "./components/cluster/clusterNetwork.ts";
import { ClusterSecrets, silenceSdk } from "./components/cluster/clusterSecrets.ts";
import { declareLease } from "./components/cluster/lease.ts";
import { declareNeighbourTable } from "./components/cluster/neighbourTable.ts";
import { Storage } from "./components/cluster/storage.ts";
import { declareConvergence } from "./components/convergence/declareConvergence.ts";
import { declareEngines } from "./components/engines/declareEngines.ts";
import { declareImages } from "./components/image/images.ts";
import { declareHostAgent } from "./components/members/declareHostAgent.ts";
import { Joiners } from "./components/members/joiners.ts";
import { Seed } from "./components/members/seed.ts";
import { after, afterMembers, planStack } from "./components/stack/plan.ts";
import { Protection } from "./components/stack/protection.ts";
import { declareServices } from "./components/swarm/declareServices.ts";

/** Declares the cluster; the returned values are the stack's outputs. */
export default async function cluster() {
  silenceSdk();
  const plan = await planStack();
  if (plan.settings.swarm === "services") return declareServices(plan);
  if (plan.settings.engines.length > 0) return await declareEngines(plan);
  const { settings, names, labels, agents, engineState, change } = plan;

  const images = declareImages(plan);
  const table = declareNeighbourTable(plan);
  // Without engine options: another engine address would change the commands' environment and generate new
  // secrets.
  const secrets = new ClusterSecrets("secrets", settings);
  const lease = declareLease(plan);
  const network = new ClusterNetwork(
    "network",
    { networkName: names.network, labels, subnet: settings.subnet, engineState },
    // So that a destroy that fails halfway leaves the lease.
    after(plan, lease),
  );
  const storage = new Storage(
    "storage",
    {
      ...{ names: names.volumes, labels, image: images.main.ref, fleets: agents.fleets, secrets },
      ...{ retainData: settings.retainData, engineState, expected: agents.expected },
    },
    after(plan, ...table, ...images.ready),
  );

  const place = { labels, engineState, change, network };
  const first = agents.isHostFirst
    ? declareHostAgent(plan, agents.gateway, secrets, after(plan, storage, network))
    : undefined;
  const seed = new Seed(
    "seed",
    { ...place, container: agents.seed },
    afterMembers(plan, [storage], first),
  );
  const joiners = new Joiners(
    "joiners",
    {
      ...{ ...place, joiners: agents.joiners, fleets: agents.joinerFleets },
      places: [{ engine: undefined, storage }],
      joinAddress: { ip: seed.ip, dns: seed.memberName, gateway: agents.gateway }[settings.join],
    },
    afterMembers(plan, [storage], first),
  );
  const host =
    first ??
    declareHostAgent(plan, seed.endpoint, secrets, afterMembers(plan, [storage, network], seed));

  const { convergence, events } = declareConvergence(plan, { seed, joiners, host, storage });
  const everything = [...images.all, secrets, lease, network, storage, convergence, events];
  new Protection("protection", {
    protect: settings.protect,
    dependsOn: everything.filter((resource) => resource !== undefined),
  });
  await change?.run();

  return {
    image: images.main.id,
    seed: { name: seed.memberName, ip: seed.ip, endpoint: seed.endpoint },
    joiners: joiners.joiners,
    host: host ? { name: host.memberName, address: host.address } : null,
    members: convergence.members,
  };
}
