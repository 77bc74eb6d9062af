import * as pulumi from "@pulumi/pulumi";
import type { Look } from "../../lib/drift/engineState.ts";
import { engineProvider } from "../../lib/drift/recorded.ts";
import { pingEngine } from "../../lib/engine/api.ts";
import { answerTime, readInventories } from "../../lib/engine/inventories.ts";
import { type NamedEngine, onEngine, takenOut } from "../../lib/engine/scope.ts";
import { findEngineObstacles } from "../../lib/swarm/engineObstacles.ts";
import { describeObstacles } from "../../lib/preflight/obstacles.ts";
import { observeMembers, type PreflightArgs } from "./preflight.ts";

/**
 * Inspects all engines of a stack before anything is declared, and those that have been taken out of the setting
 * `engines`.
 *
 * @throws pulumi.RunError with every obstacle.
 */
export async function enginesPreflight(args: PreflightArgs): Promise<Look> {
  const { settings, names, labels, agents, recorded } = args;
  const former = takenOut(recorded.engineHosts, settings.engines);
  const silent = (await Promise.all(former.map(obstacleToLeaving))).flat();
  if (silent.length > 0) throw new pulumi.RunError(describeObstacles(silent));
  const inventory = await readInventories([...settings.engines, ...former], labels);
  const obstacles = await findEngineObstacles(settings, names, labels, {
    ...{ agents, inventory, recorded },
  });
  if (obstacles.length > 0) throw new pulumi.RunError(describeObstacles(obstacles));
  return { inventory, observation: await observeMembers(args, inventory) };
}

async function obstacleToLeaving(engine: NamedEngine): Promise<string[]> {
  try {
    await onEngine(engine, () => pingEngine(answerTime));
    return [];
  } catch (error) {
    const { name, host } = engine;
    const stack = pulumi.getStack();
    const provider = `urn:pulumi:${stack}::${pulumi.getProject()}::pulumi:providers:docker::${engineProvider}${name}`;
    return [
      `engines has no ${name} any more, but ${host} does not answer, so what the stack has there cannot be removed ` +
        `(${(error as Error).message}); start that engine, or, if it is lost for good, drop it from the state with ` +
        `\`npm run pulumi -- state delete --stack ${stack} --yes --target-dependents ${provider}\`, and its node from ` +
        "the Swarm with `docker node rm --force`",
    ];
  }
}
