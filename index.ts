import * as pulumi from "@pulumi/pulumi";
import { planAgents } from "./components/agents.ts";
import { ClusterNetwork } from "./components/clusterNetwork.ts";
import { ClusterSecrets } from "./components/clusterSecrets.ts";
import { Convergence } from "./components/convergence.ts";
import { linkEngine } from "./components/engineLink.ts";
import type { HostAgent } from "./components/hostAgent.ts";
import type { HostContainer } from "./components/hostContainer.ts";
import { declareHostAgent } from "./components/hostAgents.ts";
import { declareImages } from "./components/images.ts";
import { declareJoiners } from "./components/joinerPlan.ts";
import { Joiners } from "./components/joiners.ts";
import { labelsOf } from "./components/labels.ts";
import { loadSettings } from "./components/loadSettings.ts";
import { MemberEvents } from "./components/memberEvents.ts";
import { namesOf } from "./components/names.ts";
import { declareNeighbourTable } from "./components/neighbourTable.ts";
import { preflight } from "./components/preflight.ts";
import { Protection } from "./components/protection.ts";
import { rollingOf } from "./components/rolling.ts";
import { Seed } from "./components/seed.ts";
import { imageChoice } from "./components/serfImage.ts";
import { Storage } from "./components/storage.ts";
import { inTurn, type Party, planTurns } from "./components/turns.ts";
import { livingAgent } from "./programs/agentProcess.ts";

/** What is made and replaced in turns. */
interface Parties extends Record<Party, pulumi.Resource | undefined> {
  readonly seed: Seed;
  readonly joiners: Joiners;
  readonly host: HostAgent | HostContainer | undefined;
}

/** Declares the cluster; the returned values are the stack's outputs. */
export default async function cluster() {
  const settings = await loadSettings();
  const names = namesOf(pulumi.getProject(), pulumi.getStack());
  const labels = labelsOf(pulumi.getProject(), pulumi.getStack());
  const engine = linkEngine(settings);
  const standing = await preflight(settings, names, labels);
  const declared = declareJoiners(settings.groups, names.prefix, settings.subnet, standing);
  const agents = planAgents(settings, names, declared);
  const rolling = rollingOf(settings, names, labels);

  const images = declareImages(
    {
      prefix: names.prefix,
      labels,
      choice: imageChoice(settings),
      generationOf: (name) => standing.ofImage(name),
      trial: rolling && { limits: settings.limits, timeout: settings.convergenceTimeout },
    },
    settings.groups,
    engine,
  );
  const image = images.main;
  const table = declareNeighbourTable(settings, labels, standing, engine);
  const { gossipKey, keyRotation } = settings;
  // They know no engine: another way to it would generate others.
  const secrets = new ClusterSecrets("secrets", { gossipKey, keyRotation });
  const network = new ClusterNetwork(
    "network",
    {
      networkName: names.network,
      labels,
      subnet: settings.subnet,
      generation: standing.ofNetwork(names.network, settings.subnet.cidr),
    },
    engine,
  );
  const storage = new Storage(
    "storage",
    {
      names: names.volumes,
      labels,
      image: image.ref,
      fleets: agents.fleets,
      gossipKey: secrets.gossipKey,
      rpcToken: secrets.rpcToken,
      retainData: settings.retainData,
      generationOf: (name) => standing.ofVolume(name),
      standing: standing.ofCluster(agents.expected),
    },
    { ...engine, dependsOn: [...table, ...images.trials] },
  );
  const { limits, profile } = settings;
  const place = { network, volumes: storage.volumes, limits, profile, labels, rolling };
  const after = (done: Partial<Parties>, ...others: pulumi.Resource[]) => ({
    ...engine,
    dependsOn: [storage, ...others, ...Object.values(done).filter((one) => one !== undefined)],
  });
  const turns = planTurns({
    isRolling: rolling !== undefined,
    isHostFirst: agents.isHostFirst,
    runs: {
      seed: standing.runs(names.seed),
      host: livingAgent(names.hostAgentDir) !== undefined || standing.runs(names.host),
    },
    isEndpointKnown: settings.gossipPort !== 0 || agents.isHostFirst,
  });
  const { seed, joiners, host } = inTurn<Parties>(turns, {
    seed: (done) =>
      new Seed(
        "seed",
        {
          ...place,
          image: image.ref,
          memberName: names.seed,
          address: settings.subnet.seed,
          publish: { address: settings.publishAddress, port: settings.gossipPort },
          generation: standing.ofContainer(names.seed),
          endpoint: standing.endpoint,
        },
        after(done),
      ),
    joiners: (done) =>
      new Joiners(
        "joiners",
        {
          ...place,
          images: images.ofGroups,
          joiners: declared,
          found: standing.joiners,
          fresh: standing.fresh,
        },
        after(done),
      ),
    host: (done) =>
      agents.host &&
      declareHostAgent(
        {
          ...{ agents, settings, names, labels, image: image.ref, standing, secrets, rolling },
          join: agents.isHostFirst ? agents.gateway : (done.seed?.endpoint ?? agents.published),
        },
        after(done, network),
      ),
  });
  const incarnations = pulumi.all([
    seed.containerId,
    joiners.incarnation,
    ...(host ? [host.generation] : []),
  ]);
  const convergence = new Convergence(
    "convergence",
    {
      expected: agents.expected,
      views: [
        { kind: "container", name: names.seed },
        ...declared.slice(-1).map(({ name }) => ({ kind: "container" as const, name })),
        ...(host ? [host.view] : []),
      ],
      formerHost: host ? undefined : { dir: names.hostAgentDir, labels },
      network: names.network,
      labels,
      profile,
      timeout: settings.convergenceTimeout,
      incarnations: pulumi
        .all([incarnations, storage.generation])
        .apply(([all, own]) => [...all, own]),
    },
    { ...engine, dependsOn: [seed, joiners, ...(host ? [host] : [])] },
  );

  const { members } = convergence;
  const { events } = settings;
  const sender = { kind: "container", name: names.seed } as const;
  const announcement =
    events.length > 0 &&
    new MemberEvents(
      "events",
      { events, sender, members, incarnations },
      { ...engine, dependsOn: convergence },
    );
  new Protection("protection", {
    protect: settings.protect,
    dependsOn: [
      ...[...images.all, secrets, network, storage, convergence],
      ...(announcement ? [announcement] : []),
    ],
  });

  return {
    image: image.id,
    seed: { name: seed.memberName, ip: seed.ip, endpoint: seed.endpoint },
    joiners: joiners.joiners,
    host: host ? { name: host.memberName, address: host.address } : null,
    members,
  };
}
