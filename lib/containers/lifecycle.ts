import { agentRoles, type Labels, roleLabel } from "../cluster/labels.ts";
import { engine, EngineError, type EngineRequest, pingEngine } from "../engine/api.ts";
import type { FoundContainer } from "../engine/found.ts";
import { listContainers } from "../engine/inventory.ts";
import { forEachParallel } from "../host/parallel.ts";
import { pause } from "../host/run.ts";
import { stopGrace } from "./description.ts";

/** The signal that makes an agent leave while its container keeps running; see docker/agent. */
const leaveSignal = "SIGUSR1";

/** Milliseconds after which an agent has left; Serf itself takes up to 3 s. */
const leaveTime = 3500;

/** Up to this many containers can simply be stopped at once. */
const fewContainers = 8;

/** The first Docker version in which the containers of a network can safely end at the same moment. */
const endpointBugFixedIn = 28;

/** The containers of a stack's agents. */
export async function agentContainers(labels: Labels): Promise<FoundContainer[]> {
  const isAgent = ({ labels: { [roleLabel]: role } }: FoundContainer) =>
    agentRoles.some((known) => known === role);
  return (await listContainers({ ...labels })).filter(isAgent);
}

/**
 * Lets the agents in containers leave the cluster, then removes the containers and their anonymous volumes.
 *
 * If there are many, all agents leave at once. Then, with older engines, the containers are disconnected from
 * their network one by one: when many containers end at the same moment, such an engine can lose count of the
 * network's endpoints, and then refuses to remove the network until the engine is restarted
 * (https://github.com/moby/moby/issues/42119). Containers without a network can be stopped at once.
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
    // The host's network, for example, cannot be left; the container then leaves it when it ends.
    await disconnect(id, network).catch(() => undefined);
  }
}

/** Disconnects a container from a network; the container keeps running. */
export async function disconnect(container: string, network: string): Promise<void> {
  const body = { Container: container, Force: true };
  await unlessGone({ method: "POST", path: `/networks/${network}/disconnect`, body });
}

async function stop({ id }: FoundContainer): Promise<void> {
  await unlessGone({ method: "POST", path: `/containers/${id}/stop?t=${stopGrace}` });
}

/** Removes the host's agent if it runs in a container. */
export async function removeHostContainers(
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  await removeContainers(await listContainers({ ...labels, [roleLabel]: "host" }));
}

/** The state of a container. */
export interface ContainerState {
  readonly name: string;
  readonly isRunning: boolean;
  /** How often the engine has restarted it after it ended by itself. */
  readonly restarts: number;
}

/** @throws EngineError when the container does not exist. */
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

/**
 * Makes the agent in a container reload its configuration; docker/agent defines the signal. Nothing is sent to a
 * stopped container, whose agent reads its configuration when it starts.
 */
export async function reloadAgent(container: string): Promise<void> {
  await unlessGone({ method: "POST", path: `/containers/${container}/kill?signal=SIGUSR2` });
}

/** Removes an object that may have been removed already. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await engine({ method: "DELETE", path, timeout: 60_000 });
  } catch (error) {
    if (!(error instanceof EngineError && error.status === 404)) throw error;
  }
}

/** Sends a request for an object that may have been removed, or is just being removed; that is no error. */
export async function unlessGone(request: EngineRequest): Promise<void> {
  try {
    await engine({ ...request, timeout: (stopGrace + 30) * 1000 });
  } catch (error) {
    const isGone = error instanceof EngineError && [404, 409].includes(error.status ?? 0);
    if (!isGone) throw error;
  }
}
