/** Asks the engine on which host it runs, and compares that with this host. */
import { readFileSync, realpathSync } from "node:fs";
import { hostname, release } from "node:os";
import { engine, EngineError, query } from "./api.ts";
import { chosenEngine } from "./context.ts";
import { defaultHost, EngineHostError, parseEngineHost } from "./host.ts";
import { type EngineFacts, whyElsewhere } from "./place.ts";

/** Milliseconds until the engine must answer. */
const answerTimeout = 6000;

interface Answer {
  readonly facts: EngineFacts;
  /** The interfaces of this network namespace, before and after asking the engine, since networks come and go. */
  readonly interfaces: readonly string[];
}

const answers = new Map<string, Promise<Answer>>();

/**
 * The engine's facts about its host. Each engine is asked once.
 *
 * @throws EngineError when it does not answer.
 */
export async function engineFacts(): Promise<EngineFacts> {
  return (await askOnce()).facts;
}

function askOnce(): Promise<Answer> {
  const host = chosenEngine()?.host ?? defaultHost;
  const known = answers.get(host) ?? askEngine();
  answers.set(host, known);
  return known;
}

async function askEngine(): Promise<Answer> {
  const before = readInterfaces();
  const filters = query({ filters: { driver: ["bridge"] } });
  const ask = (path: string) => engine({ method: "GET", path, timeout: answerTimeout });
  const [info, networks] = await Promise.all([ask("/info"), ask(`/networks?${filters}`)]);
  return {
    facts: factsFrom(info as Info, networks as readonly Network[]),
    interfaces: [...before, ...readInterfaces()],
  };
}

interface Info {
  readonly Name: string;
  readonly KernelVersion: string;
  readonly OperatingSystem: string;
  readonly SecurityOptions: readonly string[] | null;
  readonly Swarm?: { readonly LocalNodeState?: string };
}

interface Network {
  readonly Id: string;
  readonly Options: Readonly<Record<string, string>> | null;
}

function factsFrom(info: Info, networks: readonly Network[]): EngineFacts {
  const options = (info.SecurityOptions ?? []).map((option) => option.split(",")[0]);
  return {
    name: info.Name,
    kernel: info.KernelVersion,
    system: info.OperatingSystem,
    isRootless: options.includes("name=rootless"),
    remapsUsers: options.includes("name=userns"),
    isSwarmNode: !["inactive", ""].includes(info.Swarm?.LocalNodeState ?? ""),
    bridges: networks.map(
      ({ Id, Options }) => Options?.["com.docker.network.bridge.name"] ?? `br-${Id.slice(0, 12)}`,
    ),
  };
}

/**
 * Why the engine is not on this host or not in its network namespace, as the rest of a sentence; undefined if it
 * is, or if it does not answer.
 */
export async function engineElsewhere(): Promise<string | undefined> {
  try {
    const address = parseEngineHost(chosenEngine()?.host ?? defaultHost);
    if (process.platform !== "linux" || address?.kind !== "unix") return undefined;
    const { facts, interfaces } = await askOnce();
    const host = { name: hostname(), kernel: release(), interfaces };
    return whyElsewhere(facts, host, hasListener(address.path));
  } catch (error) {
    if (error instanceof EngineError || error instanceof EngineHostError) return undefined;
    throw error;
  }
}

/** Whether the engine is on this Linux host, in its network namespace. True if it does not answer but may be. */
export async function isEngineHere(): Promise<boolean> {
  const address = parseEngineHost(chosenEngine()?.host ?? defaultHost);
  const maybe = process.platform === "linux" && address?.kind === "unix";
  return maybe && (await engineElsewhere()) === undefined;
}

function readInterfaces(): string[] {
  return [...readProc("net/dev").matchAll(/^\s*([^\s:]+):/gm)].map(([, name]) => name!);
}

/** Whether a process in this network namespace listens on a socket; undefined if that cannot be found out. */
function hasListener(socket: string): boolean | undefined {
  // The flag 00010000 marks a listening socket.
  const lines = readProc("net/unix").matchAll(/^\S+: \S+ \S+ 00010000 \S+ \S+ +\d+ (\/.*)$/gm);
  const paths = [...lines].map(([, path]) => path!);
  if (paths.length === 0) return undefined;
  const resolved = resolvedPath(socket);
  return paths.some((path) => path === socket || resolvedPath(path) === resolved);
}

function resolvedPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // The file was removed, or is in another mount namespace.
    return path;
  }
}

function readProc(name: string): string {
  try {
    return readFileSync(`/proc/self/${name}`, "utf8");
  } catch {
    return "";
  }
}
