/** Simulates a remote machine with namespaces of this kernel. */
import type { ChildProcess } from "node:child_process";
import type { SimulatedHost } from "../../support/hosts/host.ts";
import { addressOf } from "../../support/hosts/network.ts";
import { Site, siteFolder } from "../../support/hosts/site.ts";

/** Its network. */
export const network = { name: "serf-second", prefix: "10.213.77" };
const number = 2;

/** The name of the host and of its network. Only one such host can exist at a time on a machine. */
export const hostName = network.name;

/** The folder for its files. */
export const hostFolder = siteFolder(network);

/** Its address. */
export const address = addressOf(network, number);

/** A host that simulates a remote machine. */
export class SecondHost {
  readonly host: SimulatedHost;
  readonly #site: Site;

  private constructor(site: Site, host: SimulatedHost) {
    this.#site = site;
    this.host = host;
  }

  /**
   * Creates the host. First removes what a killed run left of one.
   *
   * @throws Error with the reason when that is not possible on this machine.
   */
  static async start(): Promise<SecondHost> {
    const site = await Site.open(network);
    try {
      return new SecondHost(site, await site.host(hostName, number));
    } catch (error) {
      await site.close();
      throw error;
    }
  }

  /** Runs a program on the host and waits until it ends. */
  async run(file: string, args: readonly string[]): Promise<string> {
    return await this.host.run(file, args);
  }

  /** Starts a program that runs on the host until the host is removed. Its output goes to a file. */
  spawn(file: string, args: readonly string[], logFile: string): ChildProcess {
    return this.host.spawn(file, args, logFile);
  }

  /** Removes the host with everything in it. May be called again. */
  async stop(): Promise<void> {
    await this.#site.close();
  }
}
