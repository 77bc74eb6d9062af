/** Inspects a running cluster, without changing anything, for faults that the engine's inventory does not show. */
import { readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { configFolder, keyringPath, ownKeyringPath } from "../agents/config.ts";
import { keysIn } from "../agents/keyring.ts";
import { agentFiles, isOfAnotherFolder, livingAgent } from "../agents/process.ts";
import { sealedGeneration } from "../agents/seal.ts";
import type { Member } from "../cluster/members.ts";
import type { ComparedDescription } from "../containers/args.ts";
import { readFiles } from "../containers/configVolume.ts";
import { editedContainers } from "../containers/edits.ts";
import type { Edit } from "../containers/facts.ts";
import { agentsThatRun, type FoundContainer } from "../engine/found.ts";
import { type NamedEngine, onEngine } from "../engine/scope.ts";
import { forEachParallel } from "../host/parallel.ts";
import { membersSeenBy } from "../membership/views.ts";
import { openWithFiles } from "../serf/open.ts";
import { agentFaults, type HostObservation, type Observation } from "./observation.ts";

/** The arguments of {@link observeCluster}. */
export interface ObservedPlace {
  /** The stack's containers. */
  readonly containers: readonly FoundContainer[];
  /** Returns a container's description; undefined if it is unknown, or the container will be replaced anyway. */
  readonly expectedFor: (found: FoundContainer) => ComparedDescription | undefined;
  readonly host: { readonly name: string; readonly dir: string; readonly rpcPort: number };
}

/** What an agent sees and has. */
interface AgentView {
  readonly name: string;
  /** The engine that runs it, if the stack has several. */
  readonly engine: NamedEngine | undefined;
  readonly members: readonly Member[];
  readonly keys: readonly string[];
  /** The configuration files on its engine, by name. */
  readonly files: ReadonlyMap<string, string>;
}

/** Milliseconds until an agent must answer. */
const answerTimeout = 3000;

/** How many agents are asked before the cluster counts as not answering. */
const tries = 3;

/** How many requests are sent to the engine at once. */
const atOnce = 16;

/** @throws EngineError when the engine does not answer. An agent that does not answer is part of the observation. */
export async function observeCluster({
  containers,
  expectedFor,
  host,
}: ObservedPlace): Promise<Observation> {
  const agents = agentsThatRun(containers);
  const [drifted, first] = await Promise.all([
    editedContainers(agents, expectedFor),
    firstView(agents),
  ]);
  // An agent without a network still sees all members alive: it cannot send probes, so none of them fails.
  const isCutOff = ({ name }: { readonly name: string }) =>
    drifted.get(name)?.some(({ what }) => what === "networks") ?? false;
  const view =
    first !== undefined && isCutOff(first)
      ? await firstView(agents.filter((agent) => !isCutOff(agent)))
      : first;
  const files = await filesOf(containers, view);
  const alive = new Set(
    view?.members.filter(({ status }) => status === "alive").map(({ name }) => name),
  );
  const isAlive = ({ name }: FoundContainer) => alive.has(name);
  // Only members that the others do not see have to be asked themselves.
  const lost = agents.filter((agent) => !isAlive(agent));
  const keys = new Map<string, readonly string[] | undefined>();
  await forEachParallel(lost, atOnce, async (agent) => {
    const own = await ownView(agent).catch(() => undefined);
    keys.set(agent.name, own?.keys);
  });
  for (const { name } of agents.filter(isAlive)) keys.set(name, view!.keys);
  // If all agents use another key, it is one cluster whose key has to rotate. If some agents are cut off, those
  // with another key can never rejoin.
  const common = lost.length === 0 ? undefined : commonKeys(files, [...keys.values()]);
  for (const [name, found] of keys) {
    const fault = found === undefined ? agentFaults.silent : keyFault(found, common);
    if (fault !== undefined) drifted.set(name, [...(drifted.get(name) ?? []), fault]);
  }
  for (const name of invaded(view?.members ?? [], agents)) {
    drifted.set(name, [...(drifted.get(name) ?? []), agentFaults.invaded]);
  }
  return {
    drifted,
    members: view?.members,
    keys: view?.keys ?? [],
    files,
    host: await observeHost(host, alive.has(host.name), common ?? view?.keys),
  };
}

/**
 * The files in the configuration volume. If the stack has several engines, each has such a volume: then those that are
 * not intact, if there are any.
 *
 * @param view of an agent, with the files on its engine; the others' are read through their engines.
 */
async function filesOf(
  containers: readonly FoundContainer[],
  view: Pick<AgentView, "engine" | "files"> | undefined,
): Promise<ReadonlyMap<string, string> | undefined> {
  const names = new Set(containers.map(({ engine }) => engine?.name));
  const found = await Promise.all(
    [...names].map(async (name) =>
      view !== undefined && view.engine?.name === name
        ? view.files
        : await filesIn(containers.filter(({ engine }) => engine?.name === name)),
    ),
  );
  const readable = found.filter((files) => files !== undefined);
  return readable.find((files) => sealedGeneration(files) === undefined) ?? readable[0];
}

async function filesIn(
  containers: readonly FoundContainer[],
): Promise<ReadonlyMap<string, string> | undefined> {
  for (const { id, engine } of containers.slice(0, tries)) {
    const files = await onEngine(engine, () => readFiles(id)).catch(() => undefined);
    if (files !== undefined) return files;
  }
  return undefined;
}

async function firstView(agents: readonly FoundContainer[]): Promise<AgentView | undefined> {
  for (const agent of agents.slice(0, tries)) {
    try {
      return await ownView(agent);
    } catch {
      // This agent is asked again with the members that nobody sees.
    }
  }
  return undefined;
}

/**
 * An agent's view, keys and configuration files. Errors as of {@link openWithFiles}.
 *
 * @throws Error when it has no keys.
 */
async function ownView({ name, engine }: FoundContainer): Promise<AgentView> {
  const paths = [configFolder, ownKeyringPath];
  const { rpc, files } = await onEngine(engine, () =>
    openWithFiles(name, paths, { timeout: answerTimeout }),
  );
  try {
    const keyring = files.get(ownKeyringPath);
    if (keyring === undefined) throw new Error(`${name} has no ${ownKeyringPath}`);
    const configs = [...files].filter(([path]) => dirname(path) === configFolder);
    return {
      ...{ name, engine },
      members: await rpc.members(),
      keys: keysIn(keyring),
      files: new Map(configs.map(([path, content]) => [basename(path), content])),
    };
  } finally {
    void rpc.close();
  }
}

/** The containers in which another agent runs besides the container's own, found by their addresses. */
function invaded(members: readonly Member[], agents: readonly FoundContainer[]): string[] {
  const own = new Set(agents.map(({ name }) => name));
  const alive = members.filter(({ status }) => status === "alive");
  const foreign = new Set(alive.filter(({ name }) => !own.has(name)).map(({ address }) => address));
  return alive
    .filter(({ name, address }) => own.has(name) && foreign.has(address))
    .map(({ name }) => name);
}

/** The keys of a cluster that has split: those in the written keyring if it is intact, else the most common one. */
function commonKeys(
  files: Observation["files"],
  found: readonly (readonly string[] | undefined)[],
): readonly string[] {
  if (files !== undefined && sealedGeneration(files) !== undefined) return keysIn(keyring(files));
  const counts = new Map<string, number>();
  for (const keys of found) {
    if (keys?.[0] !== undefined) counts.set(keys[0], (counts.get(keys[0]) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 1)
    .map(([key]) => key);
}

function keyring(files: ReadonlyMap<string, string>): string | undefined {
  return files.get(basename(keyringPath));
}

/** @param common default: any key is accepted. */
function keyFault(
  [encrypting = ""]: readonly string[],
  common: readonly string[] | undefined,
): Edit | undefined {
  return common === undefined || common.includes(encrypting) ? undefined : agentFaults.otherKey;
}

async function observeHost(
  { name, dir, rpcPort }: ObservedPlace["host"],
  isAlive: boolean,
  common: readonly string[] | undefined,
): Promise<HostObservation | undefined> {
  const agent = livingAgent(dir);
  if (agent === undefined) return undefined;
  const files = agentFiles(dir);
  const keys = keysIn(await readFile(files.keyring, "utf8").catch(() => undefined));
  const hasCommonKey = common === undefined || keys.some((key) => common.includes(key));
  const faults = isOfAnotherFolder(dir)
    ? [agentFaults.otherFolder]
    : !hasCommonKey
      ? [agentFaults.otherKey]
      : isAlive || (await answers())
        ? []
        : [agentFaults.silent];
  return { name, generation: agent.generation, faults };

  async function answers(): Promise<boolean> {
    const view = { kind: "host", name, dir, rpcPort } as const;
    return await membersSeenBy(view, answerTimeout).then(
      () => true,
      () => false,
    );
  }
}
