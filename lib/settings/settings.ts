import { allocate, auto, nothingTaken, type Taken } from "../allocation/allocate.ts";
import { type EngineHost, isLocalEngine } from "../engine/host.ts";
import type { Engine } from "./members/engines.ts";
import { plainGroup } from "./members/groups.ts";
import { SettingsReader } from "./reader.ts";
import { contradictions } from "./rules.ts";
import { placeFaults } from "./placeRules.ts";
import { table } from "./table.ts";
import type { Configured, DeploymentPlace, Settings } from "./types.ts";

/** The configuration is invalid. The message contains every fault. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      faults.length === 1
        ? `The configuration has a fault: ${String(faults[0])}`
        : `The configuration has ${faults.length} faults:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`,
    );
    this.faults = faults;
  }
}

/**
 * Validates a stack's configuration.
 *
 * @param values the configured values by key, without the project's namespace. Unset keys are absent.
 * @throws SettingsError with every fault: the key, the value received and what is allowed.
 */
export function parseSettings(
  values: Readonly<Record<string, string>>,
  place: DeploymentPlace,
): Settings {
  const reader = new SettingsReader(values);
  const read = ([key, one]: [string, (typeof table)[keyof typeof table]]) =>
    [key, one.read(reader, key, place.handlerFiles)] as const;
  const configured = Object.fromEntries(Object.entries(table).map(read)) as unknown as Configured;
  reader.refuseOthers(Object.keys(table));
  const isHere = isEngineHere(configured, place);
  const settings = settle(configured, place, isHere);
  const faults = [
    ...reader.faults,
    ...contradictions(settings, place, isHere),
    ...placeFaults(settings, values, place.isSecret),
  ];
  if (faults.length > 0) throw new SettingsError(faults);
  return settings;
}

/** Whether the engine is on this Linux host. */
function isEngineHere({ dockerHost }: Configured, place: DeploymentPlace): boolean {
  const { platform, engine, elsewhere, recordedHostAgentIn } = place;
  if (recordedHostAgentIn !== undefined) return recordedHostAgentIn === "process";
  const isLocal = isLocalEngine(dockerHost ?? engine?.host);
  return platform === "linux" && isLocal && elsewhere === undefined;
}

/** Resolves the settings that depend on other settings or on where the engine is. */
function settle(configured: Configured, place: DeploymentPlace, isHere: boolean): Settings {
  const { groups, hostAgentIn, maxUnavailable } = configured;
  const joiners = configured.joiners ?? (groups.length > 0 ? 0 : 3);
  const automatic = isHere ? "process" : "container";
  const all = [{ name: plainGroup, count: joiners, tags: {}, image: {}, on: {} }, ...groups];
  const { stack, recorded = {}, taken } = place;
  return {
    ...configured,
    ...allocate(configured, {
      stack,
      joiners: all.reduce((sum, { count }) => sum + count, configured.engines.length),
      recorded,
      taken: withOwnPorts(configured, taken),
    }),
    joiners,
    groups: all,
    hostAgentIn: hostAgentIn === "auto" ? automatic : hostAgentIn,
    maxUnavailable: maxUnavailable === "all" ? undefined : maxUnavailable,
  };
}

/** Adds the configured ports, so that no other port of the stack is chosen to be the same. */
function withOwnPorts(configured: Configured, { subnets, ports }: Taken = nothingTaken): Taken {
  const { gossipPort, rpcPort, hostAgentPort } = configured;
  const own = [gossipPort, rpcPort, hostAgentPort].filter((port) => port !== auto);
  return { subnets, ports: new Set([...ports, ...own]) };
}

/** The several engines in a stack's configuration, as far as they are valid. */
export function configuredEngines(values: Readonly<Record<string, string>>): readonly Engine[] {
  return table.engines.read(new SettingsReader(values), "engines", []);
}

/** The engine in a stack's configuration, if it is valid. It is needed before the configuration is validated. */
export function configuredEngine(values: Readonly<Record<string, string>>): EngineHost | undefined {
  const reader = new SettingsReader(values);
  const [first] = configuredEngines(values);
  if (first !== undefined) return first;
  const host = table.dockerHost.read(reader, "dockerHost", []);
  if (host === undefined) return undefined;
  return { host, certPath: table.dockerCertPath.read(reader, "dockerCertPath", []) };
}
