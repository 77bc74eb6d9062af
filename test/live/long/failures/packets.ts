/** Drops packets on the bridge of a cluster's network, and so between its members. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { run } from "../../../../lib/host/run.ts";

const chain = "SERF-FAULTS";

/** Without this, packets between containers only pass the bridge, and no iptables rule. */
const bridgeSwitch = "/proc/sys/net/bridge/bridge-nf-call-iptables";

/** How many packets a rule has seen, and how many it has dropped. */
export interface Toll {
  readonly seen: number;
  readonly dropped: number;
}

/** Rules that drop packets on a bridge until they are removed. */
export class PacketLoss {
  readonly #bridge: string;
  readonly #formerSwitch: string;

  private constructor(bridge: string, formerSwitch: string) {
    this.#bridge = bridge;
    this.#formerSwitch = formerSwitch;
  }

  /** Drops all packets between the addresses of one list and those of another. */
  static async between(
    bridge: string,
    some: readonly string[],
    others: readonly string[],
  ): Promise<PacketLoss> {
    const pairs = some.flatMap((one) => others.map((other) => [one, other] as const));
    const rules = pairs.flatMap(([one, other]) => [
      ["--source", one, "--destination", other],
      ["--source", other, "--destination", one],
    ]);
    return await PacketLoss.#begin(bridge, rules);
  }

  /** Drops a part of all packets. */
  static async ofPart(bridge: string, part: number): Promise<PacketLoss> {
    const rule = ["--match", "statistic", "--mode", "random", "--probability", String(part)];
    return await PacketLoss.#begin(bridge, [rule]);
  }

  static async #begin(bridge: string, rules: readonly string[][]): Promise<PacketLoss> {
    if (!existsSync(bridgeSwitch)) await run("modprobe", ["br_netfilter"]);
    const loss = new PacketLoss(bridge, readFileSync(bridgeSwitch, "utf8"));
    writeFileSync(bridgeSwitch, "1");
    await iptables("--new-chain", chain);
    // Counts the packets that reach the rules after it.
    await iptables("--append", chain);
    for (const rule of rules) await iptables("--append", chain, ...rule, "--jump", "DROP");
    for (const hook of loss.#hooks()) await iptables("--insert", ...hook);
    return loss;
  }

  /** Removes the rules. May be called twice. */
  async end(): Promise<Toll> {
    const [counter, ...rules] = await counts();
    if (counter === undefined) return { seen: 0, dropped: 0 };
    for (const hook of this.#hooks()) await iptables("--delete", ...hook);
    await iptables("--flush", chain);
    await iptables("--delete-chain", chain);
    writeFileSync(bridgeSwitch, this.#formerSwitch);
    return { seen: counter, dropped: rules.reduce((sum, count) => sum + count, 0) };
  }

  /** The directions: between containers or to the host, and from the host to a container. */
  #hooks(): string[][] {
    return [
      ["PREROUTING", "--in-interface", this.#bridge, "--jump", chain],
      ["OUTPUT", "--out-interface", this.#bridge, "--jump", chain],
    ];
  }
}

/** The packets that each rule has matched; empty when the chain does not exist. */
async function counts(): Promise<number[]> {
  const list = await iptables("--list", chain, "--numeric", "--verbose", "--exact").catch(() => "");
  return [...list.matchAll(/^ *(\d+) /gm)].map(([, count]) => Number(count));
}

// The raw table comes before connection tracking, so established connections are cut as well.
function iptables(...args: string[]): Promise<string> {
  return run("iptables", ["--wait", "--table", "raw", ...args]);
}
