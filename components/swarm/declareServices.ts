import * as pulumi from "@pulumi/pulumi";
import type { Member } from "../../lib/cluster/members.ts";
import { compareNames } from "../../lib/cluster/members.ts";
import { gossipEndpoint } from "../../lib/agents/config.ts";
import { type PlannedService, planServices } from "../../lib/swarm/plan.ts";
import { registryOf } from "../../lib/cluster/registry.ts";
import { ClusterSecrets } from "../cluster/clusterSecrets.ts";
import { declareEvents } from "../convergence/declareEvents.ts";
import { declareImages } from "../image/images.ts";
import { after, type StackPlan } from "../stack/plan.ts";
import { Protection } from "../stack/protection.ts";
import { AgentService } from "./agentService.ts";
import { Formation } from "./formation.ts";
import { KeyRotation } from "./keyRotation.ts";
import { OverlayNetwork } from "./overlayNetwork.ts";
import { pushImages } from "./pushImages.ts";
import { RunningTasks } from "./runningTasks.ts";
import { SwarmLease } from "./swarmLease.ts";
import { SwarmSecrets } from "./swarmSecrets.ts";

/** Declares the cluster as services of a Swarm; the returned values are the stack's outputs. */
export function declareServices(plan: StackPlan) {
  const { settings, names, labels, standIns, engine } = plan;
  const services = planServices(settings, names.prefix, standIns);
  const registry = registryOf(settings);

  const images = declareImages(plan);
  const pushed = pushImages(plan, images);
  const secrets = new ClusterSecrets("secrets", settings);
  const { owner, ttl } = plan.lease;
  const lease = new SwarmLease("lease", { labels, owner, ttl }, engine);
  const network = new OverlayNetwork(
    "network",
    {
      ...{ networkName: names.network, labels, subnet: settings.subnet },
      needed: [...pushed.values()],
    },
    after(plan, lease),
  );
  const rotation = new KeyRotation(
    "key-rotation",
    { gossipKey: secrets.gossipKey, labels },
    engine,
  );
  const files = new SwarmSecrets("swarm-secrets", { secrets, labels }, after(plan, rotation));

  const { limits, profile, maxUnavailable } = settings;
  const tasks = { labels, subnet: settings.subnet.cidr, limits, profile, maxUnavailable };
  const { user: username, password, address: serverAddress } = registry;
  const service = (one: PlannedService, ...first: readonly pulumi.Resource[]) =>
    new AgentService(
      one.group,
      {
        ...{ service: one, tasks, network: network.networkId, secrets: files.files },
        image: pushed.get(images.of(one.image))!.reference,
        auth:
          username === undefined
            ? undefined
            : { serverAddress, username, password: pulumi.secret(password!) },
      },
      after(plan, network.ready, files, ...first),
    );
  const wait = (awaited: readonly AgentService[]) => ({
    services: pulumi.all(awaited.map(({ declared }) => declared)),
    ...{ network: names.network, labels, timeout: settings.convergenceTimeout },
  });
  const [others, joiners] = [false, true].map((isJoiner) =>
    services.filter(({ role }) => (role === "joiner") === isJoiner),
  ) as [PlannedService[], PlannedService[]];
  const first = others.map((one) => service(one));
  const running = new RunningTasks("running", wait(first), after(plan, ...first));
  const members = [...first, ...joiners.map((one) => service(one, running))];

  const incarnations = pulumi.all(members.map(({ incarnation }) => incarnation));
  const formation = new Formation(
    "formation",
    { ...wait(members), profile, incarnations, generation: plan.engineState.ofFormation },
    after(plan, ...members),
  );
  const events = declareEvents(
    plan,
    { sender: formation.view, members: formation.members, incarnations },
    formation,
  );
  new Protection("protection", {
    protect: settings.protect,
    dependsOn: [...images.all, secrets, network, files, formation, ...(events ? [events] : [])],
  });

  const ofRole = (role: string) =>
    formation.members.apply((all) => all.filter(({ tags }) => tags["role"] === role).map(place));
  const outputs = formation.members.apply((all) =>
    all
      .filter(({ tags }) => tags["role"] !== "seed" && tags["role"] !== "host")
      .toSorted((a, b) => compareNames(a.name, b.name))
      .map(place),
  );
  return {
    image: images.main.id,
    seed: ofRole("seed").apply(([seed]) => ({
      ...seed!,
      endpoint: gossipEndpoint({ address: seed!.ip }),
    })),
    joiners: outputs,
    host: formation.view
      .apply(({ name }) => name)
      .apply((name) =>
        formation.members.apply((all) => {
          const host = all.find((one) => one.name === name)!;
          return { name, address: host.address };
        }),
      ),
    members: formation.members,
  };
}

function place({ name, address }: Member) {
  return { name, ip: address };
}
