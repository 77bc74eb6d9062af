import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";
import { agentConfigPath } from "../components/agentConfig.ts";
import { configPermissions, restartPolicy, stopGrace } from "../components/containerSettings.ts";
import { generationLabel, roleLabel, specLabel } from "../components/labels.ts";
import type { JoinerSpec, JoinerTemplate } from "../components/joinerPlan.ts";
import type { FoundContainer } from "../components/standing.ts";
import { engine, EngineError, type EngineRequest, forEachParallel, query } from "./engineApi.ts";
import { pause } from "./run.ts";

/**
 * Makes the container of a joiner, without starting it.
 *
 * @returns the engine's ID of it.
 * @throws EngineError when the engine refuses; the message names what it refused.
 */
export async function createJoiner(template: JoinerTemplate, joiner: JoinerSpec): Promise<string> {
  const network = template.network.name;
  const { Id: id } = (await engine({
    method: "POST",
    path: `/containers/create?${query({ name: joiner.name })}`,
    body: {
      Image: template.image,
      Labels: {
        ...template.labels,
        [roleLabel]: "joiner",
        [specLabel]: joiner.spec,
        [generationLabel]: joiner.generation,
      },
      StopTimeout: stopGrace,
      HostConfig: { NetworkMode: network, RestartPolicy: { Name: restartPolicy } },
      NetworkingConfig: {
        EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: joiner.address } } },
      },
    },
  })) as { Id: string };
  await engine({
    method: "PUT",
    path: `/containers/${id}/archive?path=/`,
    body: await archive(agentConfigPath, joiner.config),
  });
  return id;
}

/** A tar archive with one file, which belongs to root. */
export async function archive(path: string, content: string): Promise<Buffer> {
  const files = pack();
  files.entry({ name: path.slice(1), mode: configPermissions }, content);
  files.finalize();
  return await buffer(files);
}

/** The signal on which an agent leaves while its container stays; see docker/agent. */
const leaveSignal = "SIGUSR1";

/** Milliseconds after which an agent has left: Serf gives itself 3 s. */
const leaveTime = 3500;

/** So many containers may simply be stopped at once. */
const fewContainers = 8;

/**
 * Lets the agents in containers leave the cluster, and removes the containers with their volumes.
 *
 * Of many, all agents leave at once, and then one container after the other ends: an engine older
 * than version 28 can lose count of a network's endpoints when many containers end at the same
 * moment, and then refuses to remove the network until it is restarted
 * (https://github.com/moby/moby/issues/42119).
 */
export async function removeContainers(containers: readonly FoundContainer[]): Promise<void> {
  const running = containers.filter(({ isRunning }) => isRunning);
  const stop = ({ id }: FoundContainer) =>
    unlessGone({ method: "POST", path: `/containers/${id}/stop?t=${stopGrace}` });
  let previous = Promise.resolve();
  const stopInTurn = (container: FoundContainer) =>
    (previous = previous.then(() => stop(container)));
  const areMany = running.length > fewContainers;
  if (areMany) {
    await forEachParallel(running, fewContainers, ({ id }) =>
      unlessGone({ method: "POST", path: `/containers/${id}/kill?signal=${leaveSignal}` }),
    );
    await pause(leaveTime);
  }
  await forEachParallel(containers, fewContainers, async (container) => {
    await (areMany ? stopInTurn : stop)(container);
    await unlessGone({ method: "DELETE", path: `/containers/${container.id}?force=1&v=1` });
  });
}

/** Somebody else may have removed the container, or be just doing so. */
async function unlessGone(request: EngineRequest): Promise<void> {
  try {
    await engine({ ...request, timeout: (stopGrace + 30) * 1000 });
  } catch (error) {
    const isGone = error instanceof EngineError && [404, 409].includes(error.status ?? 0);
    if (!isGone) throw error;
  }
}
