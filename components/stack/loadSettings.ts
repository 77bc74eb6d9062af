import * as pulumi from "@pulumi/pulumi";
import { type Allocation, auto, type Taken, together } from "../../lib/allocation/allocate.ts";
import { reserve } from "../../lib/allocation/reservations.ts";
import { readTaken } from "../../lib/allocation/taken.ts";
import { labelsOf } from "../../lib/cluster/labels.ts";
import type { StandIns } from "../../lib/cluster/image.ts";
import type { RecordedState } from "../../lib/drift/recorded.ts";
import { chosenEngine } from "../../lib/engine/context.ts";
import { engineElsewhere } from "../../lib/engine/findPlace.ts";
import { engineEnvironment, EngineHostError } from "../../lib/engine/host.ts";
import { onEach } from "../../lib/engine/scope.ts";
import { readHandlerFiles } from "../../lib/settings/handlers/handlerFiles.ts";
import {
  configuredEngine,
  configuredEngines,
  parseSettings,
  SettingsError,
} from "../../lib/settings/settings.ts";
import type { DeploymentPlace, Settings } from "../../lib/settings/types.ts";
import { reachesEngine } from "./preflight.ts";

/** The SDK does not expose which keys are secret; its language host passes them in this variable. */
function secretKeys(): string[] {
  return JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]") as string[];
}

/** The base images that setup built on this host because it reaches no image registry. */
export function ownStandIns(): StandIns {
  const { SERF_BUILDER_IMAGE: builderImage, SERF_RUNTIME_IMAGE: runtimeImage } = process.env;
  return { builderImage, runtimeImage };
}

const adviceOnLostEngine = "Start that engine, or, if it is lost for good, take it out of engines.";

const adviceOnManagers = "If the Swarm has another manager, name it in dockerHost.";

/** The settings of which the value may be left to this project. */
const allocated = ["subnet", "gossipPort", "rpcPort"] as const satisfies (keyof Allocation)[];

/** The settings, and whether the engine could be asked. */
export interface LoadedSettings {
  readonly settings: Settings;
  /** Whether the stack's engine answers; it may be unreachable in a preview only. */
  readonly isReached: boolean;
}

/**
 * Reads and validates the configuration of the stack.
 *
 * @param recorded says where the host's agent runs if the engine cannot be asked.
 * @throws pulumi.RunError, which Pulumi prints without a stack trace, with every fault.
 */
export async function loadSettings(recorded: RecordedState): Promise<LoadedSettings> {
  const namespace = `${pulumi.getProject()}:`;
  const values = Object.fromEntries(
    Object.entries(pulumi.runtime.allConfig())
      .filter(([key]) => key.startsWith(namespace))
      .map(([key, value]) => [key.slice(namespace.length), value]),
  );
  const configured = configuredEngine(values);
  // From here on this process uses the stack's engine.
  if (configured !== undefined) Object.assign(process.env, engineEnvironment(configured));
  try {
    const engine = chosenEngine();
    const engines = configuredEngines(values);
    const answers = await onEach(engines, () =>
      engines.length > 0
        ? reachesEngine(undefined, adviceOnLostEngine)
        : reachesEngine(configured, values["swarm"] === "services" ? adviceOnManagers : undefined),
    );
    const isReached = answers.every(Boolean);
    const place: DeploymentPlace = {
      stack: pulumi.getStack(),
      platform: process.platform,
      handlerFiles: readHandlerFiles("docker/handlers"),
      engine,
      ...(isReached
        ? { elsewhere: await engineElsewhere() }
        : { recordedHostAgentIn: recorded.hostAgentIn }),
      recorded: recorded.allocation,
      isSecret: (key) => secretKeys().includes(`${namespace}${key}`),
    };
    const parse = (taken?: Taken) => parseSettings(values, { ...place, taken });
    const isChosen = allocated.some(
      (key) => (values[key] || auto) === auto && recorded.allocation[key] === undefined,
    );
    const settings = isChosen && isReached ? await parseWithChoice(parse) : parse();
    return { settings, isReached };
  } catch (error) {
    const isSentence = error instanceof SettingsError || error instanceof EngineHostError;
    if (isSentence) throw new pulumi.RunError(error.message);
    throw error;
  }
}

/** Parses the configuration, so that a value that is chosen is not one that another stack or program uses. */
async function parseWithChoice(parse: (taken: Taken) => Settings): Promise<Settings> {
  const labels = labelsOf(pulumi.getProject(), pulumi.getStack());
  if (pulumi.runtime.isDryRun()) return parse(await readTaken(labels));
  // What was reserved first: a run that has ended since then has its network on the engine.
  return await reserve(async (reserved) => parse(together(reserved, await readTaken(labels))));
}
