import * as pulumi from "@pulumi/pulumi";
import { ClusterNetwork } from "./components/cluster/clusterNetwork.ts";
import { ClusterSecrets, silenceSdk } from "./components/cluster/clusterSecrets.ts";
import { Convergence } from "./components/convergence/convergence.ts";
import { declareImages } from "./components/image/images.ts";
import { MemberEvents } from "./components/convergence/memberEvents.ts";
import { changedMembers } from "./components/rolling/changedMembers.ts";
import { declareHostAgent } from "./components/members/declareHostAgent.ts";
import { Joiners } from "./components/members/joiners.ts";
import { RollingChange } from "./components/rolling/rollingChange.ts";
import { Seed } from "./components/members/seed.ts";
import { declareNeighbourTable } from "./components/cluster/neighbourTable.ts";
import { ProcessLimits } from "./components/convergence/processLimits.ts";
import { chooseEngine, imageBuilder, linkEngine } from "./components/stack/engineLink.ts";
import { loadSettings, ownStandIns } from "./components/stack/loadSettings.ts";
import { preflight } from "./components/stack/preflight.ts";
import { Protection } from "./components/stack/protection.ts";
import { readState } from "./components/stack/readState.ts";
import { Storage } from "./components/cluster/storage.ts";
import { labelsOf } from "./lib/cluster/labels.ts";
import { namesOf } from "./lib/cluster/names.ts";
import { EngineState } from "./lib/drift/engineState.ts";
import { planAgents } from "./lib/plan/agents.ts";
import { declareJoiners } from "./lib/plan/joiners.ts";
import { rollingOf } from "./lib/plan/rolling.ts";

/** Declares the cluster; the returned values are the stack's outputs. */
export default async function cluster() {
  silenceSdk();
  const recorded = await readState();
  const { settings, isReached } = await loadSettings(recorded);
  const names = namesOf(pulumi.getProject(), pulumi.getStack());
  const labels = labelsOf(pulumi.getProject(), pulumi.getStack());
  const chosen = chooseEngine(settings);
  const { groups, subnet, gossipKey, keyRotation } = settings;
  const declared = declareJoiners(groups, names.prefix, subnet, recorded.addresses);
  const standIns = isReached ? ownStandIns() : recorded.standIns;
  const agents = planAgents(settings, names, declared, standIns);
  const look = isReached
    ? await preflight({ settings, names, labels, agents, recorded })
    : undefined;
  const engineState = new EngineState(recorded, look);
  const engine = linkEngine(chosen, engineState.isOffline);
  const rolling = rollingOf(settings, names, labels);
  const change =
    rolling && !pulumi.runtime.isDryRun()
      ? new RollingChange(rolling, changedMembers(agents, settings, names, engineState))
      : undefined;
  const place = { labels, engineState, change };

  const images = declareImages(
    {
      prefix: names.prefix,
      labels,
      choice: settings,
      standIns,
      builder: (isReached ? undefined : recorded.builder) ?? imageBuilder(),
      generationOf: (name) => engineState.ofImage(name),
      trial: rolling && { limits: settings.limits, timeout: settings.convergenceTimeout },
    },
    groups,
    engine,
  );
  const table = declareNeighbourTable(settings, labels, engineState, engine);
  // They know no engine: another way to it would generate others.
  const secrets = new ClusterSecrets("secrets", { gossipKey, keyRotation });
  const network = new ClusterNetwork(
    "network",
    {
      networkName: names.network,
      labels,
      subnet,
      generation: engineState.ofNetwork(names.network),
    },
    engine,
  );
  const storage = new Storage(
    "storage",
    {
      names: names.volumes,
      labels,
      image: images.main.ref,
      fleets: agents.fleets,
      gossipKey: secrets.gossipKey,
      rpcToken: secrets.rpcToken,
      retainData: settings.retainData,
      generationOf: (name) => engineState.ofVolume(name),
      engineState: engineState.ofCluster(agents.expected),
    },
    { ...engine, dependsOn: [...table, ...images.ready] },
  );

  // Whoever is replaced while the cluster goes on waits for its turn, and for nobody else.
  const after = (...first: (pulumi.Resource | undefined)[]) => ({
    ...engine,
    dependsOn: [
      storage,
      ...first.filter((one) => one !== undefined && !rolling),
    ] as pulumi.Resource[],
  });
  const declareHost = (join: pulumi.Input<string>, ...first: pulumi.Resource[]) =>
    declareHostAgent(
      { ...place, agents, settings, names, join, secrets },
      after(network, ...first),
    );
  const first = agents.isHostFirst ? declareHost(agents.gateway) : undefined;
  const seed = new Seed("seed", { ...place, network, container: agents.seed }, after(first));
  const joinAddress = { ip: seed.ip, dns: seed.memberName, gateway: agents.gateway }[settings.join];
  const joiners = new Joiners(
    "joiners",
    {
      ...place,
      ...{ network, joinAddress, storage },
      joiners: agents.joiners,
      fleets: agents.joinerFleets,
    },
    after(first),
  );
  const host = first ?? declareHost(seed.endpoint, seed);

  const members = [seed, joiners, ...(host ? [host] : [])];
  const containerIds = [
    seed.containerId,
    ...joiners.containerIds,
    ...(host ? host.containerIds : []),
  ];
  const limits = new ProcessLimits(
    "process-limits",
    { containers: containerIds, generation: engineState.ofProcessLimits },
    engine,
  );
  const incarnations = pulumi.all([
    ...containerIds,
    ...(host ? [host.incarnation] : []),
    storage.generation,
  ]);
  const convergence = new Convergence(
    "convergence",
    {
      expected: agents.expected,
      views: [
        { kind: "container", name: names.seed },
        ...agents.joiners.slice(-1).map(({ name }) => ({ kind: "container" as const, name })),
        ...(host ? [host.view] : []),
      ],
      formerHostDir: host ? undefined : names.hostAgentDir,
      network: names.network,
      labels,
      profile: settings.profile,
      timeout: settings.convergenceTimeout,
      incarnations,
    },
    { ...engine, dependsOn: [...members, limits] },
  );
  const events =
    settings.events.length > 0 &&
    new MemberEvents(
      "events",
      {
        events: settings.events,
        sender: { kind: "container", name: names.seed },
        members: convergence.members,
        incarnations,
      },
      { ...engine, dependsOn: convergence },
    );
  new Protection("protection", {
    protect: settings.protect,
    dependsOn: [...images.all, secrets, network, storage, convergence, ...(events ? [events] : [])],
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
