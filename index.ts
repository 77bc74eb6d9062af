import * as pulumi from "@pulumi/pulumi";
import { ClusterNetwork } from "./components/clusterNetwork.ts";
import { Convergence } from "./components/convergence.ts";
import { HostAgent } from "./components/hostAgent.ts";
import { declareJoiners } from "./components/joinerPlan.ts";
import { Joiners } from "./components/joiners.ts";
import { labelsOf } from "./components/labels.ts";
import { loadSettings } from "./components/loadSettings.ts";
import { namesOf } from "./components/names.ts";
import { preflight } from "./components/preflight.ts";
import { Seed } from "./components/seed.ts";
import { SerfImage } from "./components/serfImage.ts";

/** Declares the cluster; the returned values are the stack's outputs. */
export default async function cluster() {
  const settings = loadSettings();
  const names = namesOf(pulumi.getProject(), pulumi.getStack());
  const labels = labelsOf(pulumi.getProject(), pulumi.getStack());
  const standing = await preflight(settings, names, labels);

  const { serfVersion, builderImage, runtimeImage } = settings;
  const image = new SerfImage("image", {
    prefix: names.prefix,
    labels,
    serfVersion,
    builderImage,
    runtimeImage,
    generationOf: (name) => standing.ofImage(name),
  });
  const network = new ClusterNetwork("network", {
    networkName: names.network,
    labels,
    subnet: settings.subnet,
    generation: standing.ofNetwork(names.network, settings.subnet.cidr),
  });
  const place = { image: image.ref, network, labels, tags: settings.tags };
  const seed = new Seed("seed", {
    ...place,
    memberName: names.seed,
    address: settings.subnet.seed,
    publish: { address: settings.publishAddress, port: settings.gossipPort },
    generation: standing.ofContainer(names.seed),
  });
  const joiners = new Joiners("joiners", {
    ...place,
    joinAddress: seed.ip,
    joiners: declareJoiners(settings.joiners, names.prefix, settings.subnet, standing),
    found: standing.joiners,
  });
  const host = settings.hostAgent
    ? new HostAgent(
        "host",
        {
          memberName: names.host,
          address: settings.subnet.gateway,
          dir: names.hostAgentDir,
          image: image.ref,
          join: seed.endpoint,
          rpcPort: settings.rpcPort,
          tags: settings.tags,
          labels,
          timeout: settings.convergenceTimeout,
        },
        { dependsOn: seed },
      )
    : undefined;
  const convergence = new Convergence(
    "convergence",
    {
      expected: [
        { name: names.seed, address: settings.subnet.seed },
        ...joiners.joiners.map(({ name, ip }) => ({ name, address: ip })),
        ...(host ? [{ name: host.memberName, address: host.address }] : []),
      ],
      views: [
        { kind: "container", name: names.seed },
        ...joiners.joiners.slice(-1).map(({ name }) => ({ kind: "container" as const, name })),
        ...(host ? [host.view] : []),
      ],
      formerHostAgentDir: host ? undefined : names.hostAgentDir,
      timeout: settings.convergenceTimeout,
      incarnations: pulumi
        .all([seed.containerId, joiners.incarnation])
        .apply((incarnations) => [...incarnations, ...(host ? [host.generation] : [])]),
    },
    { dependsOn: [seed, joiners, ...(host ? [host] : [])] },
  );

  return {
    image: image.id,
    seed: { name: seed.memberName, ip: seed.ip, endpoint: seed.endpoint },
    joiners: joiners.joiners,
    host: host ? { name: host.memberName, address: host.address } : null,
    members: convergence.members,
  };
}
