/** The addresses and names of the bed, and the configuration of its engines. */
import { delimiter, join } from "node:path";
import { addressOf, subnetOf } from "../../support/hosts/network.ts";
import { siteFolder } from "../../support/hosts/site.ts";

/** The network of the bed's hosts. */
export const bedNetwork = { name: "serf-bed", prefix: "10.214.77" };

/** The folder for everything of the bed. */
export const bedFolder = siteFolder(bedNetwork);

/** The registry's host, by the last byte of its address. */
export const registryNumber = 2;

/** `ADDRESS:PORT` of the registry. */
export const registryAddress = `${addressOf(bedNetwork, registryNumber)}:5000`;

/** The addresses that the Swarm gives to overlay networks. Its default contains the bed's network. */
export const overlayPool = "10.215.0.0/16";

/** The largest number of engines: each needs a sixteenth of the addresses. */
const mostEngines = 5;

/** How many engines a bed has, and how many of them are managers of the Swarm. */
export interface BedSize {
  /** 1 to 5. Default: 3. */
  readonly engines?: number;
  /** The first ones are managers; 1 or 3. Default: 1. */
  readonly managers?: number;
  /** How many entries of the kernel's neighbour table, which all engines share, it claims. Default: none. */
  readonly entries?: number;
}

/** @throws Error when a bed cannot have this size. */
export function checkedSize({
  engines = 3,
  managers = 1,
  entries = 0,
}: BedSize): Required<BedSize> {
  if (!Number.isInteger(engines) || engines < 1 || engines > mostEngines) {
    throw new Error(`A bed has 1 to ${mostEngines} engines, not ${engines}.`);
  }
  if (![1, 3].includes(managers) || managers > engines) {
    throw new Error(`${engines} engines have 1 or 3 managers among them, not ${managers}.`);
  }
  return { engines, managers, entries };
}

/** An engine's place in the bed. */
export interface EnginePlan {
  /** The host's name, which is the node's name in the Swarm as well. */
  readonly name: string;
  /** The last byte of its address. */
  readonly number: number;
  readonly address: string;
  /** The engine's socket on this machine. */
  readonly socket: string;
  /** The folder for its images, containers and part of the Swarm's state. */
  readonly dataRoot: string;
}

/** @param index from 1. */
export function planEngine(index: number): EnginePlan {
  const name = `${bedNetwork.name}-${index}`;
  const number = 10 + index;
  return {
    ...{ name, number, address: addressOf(bedNetwork, number) },
    socket: join(bedFolder, `${name}.sock`),
    dataRoot: join(bedFolder, name),
  };
}

/** An engine's configuration file. */
export function engineConfig({ number, address, socket, dataRoot }: EnginePlan, cgroup: string) {
  return {
    hosts: [`unix://${socket}`, `tcp://${address}:2375`],
    // Unless this is said, an engine refuses to listen without TLS, or waits before it does.
    tls: false,
    "data-root": dataRoot,
    // Not systemd, which might manage this machine's groups: these are removed with the bed.
    "exec-opts": ["native.cgroupdriver=cgroupfs"],
    "cgroup-parent": `/${cgroup}`,
    bip: `10.214.${90 + number}.1/24`,
    "default-address-pools": [{ base: `10.214.${(number - 2) * 16}.0/20`, size: 24 }],
    "insecure-registries": [registryAddress],
  };
}

/**
 * The environment of the engines' programs.
 *
 * @param env this process's. `SERF_TEST_DOCKERD` names a folder with another dockerd than the one on the `PATH`, and with
 *   the programs that belong to it.
 */
export function engineEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const folders = [env["SERF_TEST_DOCKERD"], env["PATH"]].filter(Boolean);
  const direct = [env["NO_PROXY"], subnetOf(bedNetwork)].filter(Boolean);
  return { ...env, PATH: folders.join(delimiter), NO_PROXY: direct.join() };
}
