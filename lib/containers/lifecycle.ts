import { roleLabel } from "../cluster/labels.ts";
import { engine, EngineError, type EngineRequest, pingEngine } from "../engine/api.ts";
import type { FoundContainer } from "../engine/found.ts";
import { listContainers } from "../engine/inventory.ts";
import { forEachParallel } from "../host/parallel.ts";
import { pause } from "../host/run.ts";
import { stopGrace } from "./description.ts";

/** The signal on which an agent leaves while its container stays; see docker/agent. */
const leaveSignal = "SIGUSR1";

/** Milliseconds after which an agent has left: Serf gives itself 3 s. */
const leaveTime = 3500;

/** So many containers may simply be stopped at once. */
const fewContainers = 8;

/** The first engine in which containers of one network may end at the same moment. */
const endpointBugFixedIn = 28;

/**
 * Lets the agents in containers leave the cluster, and removes the containers with their volumes.
 *
 * Of many, all agents leave at once. Then, with older engines, one container after the other leaves its network:
 * an engine can lose count of a network's endpoints when many containers end at the same moment, and then refuses
 * to remove the network until it is restarted (https://github.com/moby/moby/issues/42119). What is in no network
 * any more ends at once.
 */
export async function removeContainers(containers: readonly FoundContainer[]): Promise<void> {
  const running = containers.filter(({ isRunning }) => isRunning);
  let previous = Promise.resolve();
  const disconnectNext = (container: FoundContainer) =>
    (previous = previous.then(() => leaveNetworks(container)));
  const areMany = running.length > fewContainers;
  const isOneByOne = areMany && !(await hasEndpointBugFix());
  if (areMany) {
    await forEachParallel(running, fewContainers, ({ id }) =>
      unlessGone({ method: "POST", path: `/containers/${id}/kill?signal=${leaveSignal}` }),
    );
    await pause(leaveTime);
  }
  await forEachParallel(containers, fewContainers, async (container) => {
    if (isOneByOne && container.isRunning) await disconnectNext(container);
    await stop(container);
    await unlessGone({ method: "DELETE", path: `/containers/${container.id}?force=1&v=1` });
  });
}

async function hasEndpointBugFix(): Promise<boolean> {
  return Number.parseInt(await pingEngine()) >= endpointBugFixedIn;
}

async function leaveNetworks({ id, networks = [] }: FoundContainer): Promise<void> {
  for (const network of networks) {
    // Where that is not possible, as from the host's network, the container ends with it.
    await disconnect(id, network).catch(() => undefined);
  }
}

/** Takes a container out of a network; it goes on. */
export async function disconnect(container: string, network: string): Promise<void> {
  const body = { Container: container, Force: true };
  await unlessGone({ method: "POST", path: `/networks/${network}/disconnect`, body });
}

async function stop({ id }: FoundContainer): Promise<void> {
  await unlessGone({ method: "POST", path: `/containers/${id}/stop?t=${stopGrace}` });
}

/** Removes the agent of the engine's host where it runs in a container. */
export async function removeHostContainers(
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  await removeContainers(await listContainers({ ...labels, [roleLabel]: "host" }));
}

/** How a container does. */
export interface ContainerState {
  readonly name: string;
  readonly isRunning: boolean;
  /** How often the engine has started it again since it ended by itself. */
  readonly restarts: number;
}

/** @throws EngineError when it is not there. */
export async function stateOf(container: string): Promise<ContainerState> {
  const { Name, State, RestartCount } = (await engine({
    method: "GET",
    path: `/containers/${container}/json`,
  })) as {
    readonly Name: string;
    readonly State: { readonly Running: boolean };
    readonly RestartCount: number;
  };
  return { name: Name.replace(/^\//, ""), isRunning: State.Running, restarts: RestartCount };
}

/** Tells the agent in a container to read its configuration again; docker/agent has the signal. One that does not run will do so. */
export async function reloadAgent(container: string): Promise<void> {
  await unlessGone({ method: "POST", path: `/containers/${container}/kill?signal=SIGUSR2` });
}

/** Removes what somebody else may have removed already. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await engine({ method: "DELETE", path, timeout: 60_000 });
  } catch (error) {
    if (!(error instanceof EngineError && error.status === 404)) throw error;
  }
}

/** Asks for something of what somebody else may have removed, or be just removing. */
export async function unlessGone(request: EngineRequest): Promise<void> {
  try {
    await engine({ ...request, timeout: (stopGrace + 30) * 1000 });
  } catch (error) {
    const isGone = error instanceof EngineError && [404, 409].includes(error.status ?? 0);
    if (!isGone) throw error;
  }
}
