import * as pulumi from "@pulumi/pulumi";
import type { ImageBuilder, StandIns } from "../../lib/cluster/image.ts";
import { type Labels, labelsOf } from "../../lib/cluster/labels.ts";
import { type Names, namesOf } from "../../lib/cluster/names.ts";
import type { LeaseTerms } from "../../lib/cluster/lease.ts";
import { EngineState } from "../../lib/drift/engineState.ts";
import { currentUser } from "../../lib/host/user.ts";
import { type Agents, planAgents } from "../../lib/plan/agents.ts";
import { declareMembers } from "../../lib/plan/joiners.ts";
import { rollingOf } from "../../lib/plan/rolling.ts";
import type { Settings } from "../../lib/settings/types.ts";
import { changedMembers } from "../rolling/changedMembers.ts";
import { RollingChange } from "../rolling/rollingChange.ts";
import {
  chooseEngine,
  type EngineLink,
  imageBuilder,
  isNamedOffline,
  linkEngine,
} from "./engineLink.ts";
import { enginesPreflight } from "./enginesPreflight.ts";
import { loadSettings, ownStandIns } from "./loadSettings.ts";
import { preflight } from "./preflight.ts";
import { readState } from "./readState.ts";
import { swarmPreflight } from "./swarmPreflight.ts";

/** The desired state of a stack, and what its engine has of it. */
export interface StackPlan {
  readonly settings: Settings;
  readonly names: Names;
  /** The labels of everything on the engine. */
  readonly labels: Labels;
  readonly lease: LeaseTerms;
  readonly agents: Agents;
  /** Provides the generations of all resources. */
  readonly engineState: EngineState;
  /** The options of all components with resources on the engine. */
  readonly engine: EngineLink;
  readonly builder: ImageBuilder;
  readonly standIns: StandIns;
  /** Schedules a rolling replacement. Undefined in a preview, and if all members are replaced at once. */
  readonly change: RollingChange | undefined;
}

/**
 * Plans the stack from its configuration and its state. If the engine answers, it is inspected for what has to be
 * recreated.
 *
 * @throws pulumi.RunError with every fault of the configuration, or with every obstacle on the host.
 */
export async function planStack(): Promise<StackPlan> {
  const recorded = await readState();
  const { settings, isReached } = await loadSettings(recorded);
  const names = namesOf(pulumi.getProject(), pulumi.getStack());
  const labels = labelsOf(pulumi.getProject(), pulumi.getStack());
  const chosen = chooseEngine(settings);
  const members = declareMembers(settings, names.prefix, recorded);
  const standIns = isReached ? ownStandIns() : recorded.standIns;
  const agents = planAgents(settings, names, members, standIns);
  const isSwarm = settings.swarm === "services";
  const look = !isReached
    ? undefined
    : isSwarm
      ? await swarmPreflight({ settings, names, labels, standIns, recorded })
      : settings.engines.length > 0
        ? await enginesPreflight({ settings, names, labels, agents, recorded })
        : await preflight({ settings, names, labels, agents, recorded });
  const engineState = new EngineState(recorded, look);
  const { gossipPort, rpcPort, hostAgent, ttl } = settings;
  const lease = {
    owner: settings.owner ?? recorded.owner ?? currentUser(),
    ttl,
    ports: [gossipPort, ...(hostAgent ? [rpcPort] : [])],
  };
  // Swarm itself replaces the tasks of services one after the other.
  const rolling = isSwarm ? undefined : rollingOf(settings, names, labels);
  const change =
    rolling && !pulumi.runtime.isDryRun()
      ? new RollingChange(rolling, changedMembers(agents, settings, names, engineState))
      : undefined;
  return {
    ...{ settings, names, labels, lease, agents, engineState, standIns, change },
    engine: linkEngine(
      chosen,
      engineState.isOffline && !isNamedOffline(settings),
      settings.engines.length > 0,
    ),
    builder: imageBuilder(recorded.builder, isReached),
  };
}

/** The options of a component on the engine that is created after other resources. */
export function after(
  { engine }: StackPlan,
  ...first: readonly (pulumi.Resource | undefined)[]
): pulumi.ComponentResourceOptions {
  return { ...engine, dependsOn: first.filter((resource) => resource !== undefined) };
}

/**
 * The options of a member that is created after others. In a rolling change a member waits for its turn instead of
 * for other members.
 */
export function afterMembers(
  plan: StackPlan,
  things: readonly pulumi.Resource[],
  ...members: readonly (pulumi.Resource | undefined)[]
): pulumi.ComponentResourceOptions {
  const isRolling = plan.settings.maxUnavailable !== undefined;
  return after(plan, ...things, ...(isRolling ? [] : members));
}
