import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { run } from "../../../../lib/host/run.ts";
import type { NetworkPlan } from "./network.ts";

/** Everything on this machine, other than processes, that has a site's name or addresses. */
export async function tracesOf({ name, prefix }: NetworkPlan): Promise<string[]> {
  const lists = await Promise.all([
    run("ip", ["-brief", "link"]),
    run("ip", ["netns", "list"]),
    run("ip", ["route", "show", "table", "all"]),
    run("iptables", ["--list-rules"]),
    run("iptables", ["--table", "nat", "--list-rules"]),
    run("find", ["/sys/fs/cgroup", "-name", `${name}*`]),
    run("find", ["/var/lib", "-maxdepth", "1", "-name", `${name}*`]),
  ]);
  // Another site's name may begin with this one's.
  const own = new RegExp(`\\b${name}\\b|\\b${prefix.replaceAll(".", "\\.")}\\.`);
  return [...lists, readFileSync("/proc/self/mounts", "utf8")]
    .flatMap((list) => list.split("\n"))
    .filter((line) => own.test(line))
    .sort();
}

/** The processes in a pid namespace. */
export function processesIn(namespace: string): number[] {
  return processesWith((folder) => readlinkSync(`${folder}/ns/pid`) === namespace);
}

/** The processes whose arguments contain a text. */
export function processesNaming(text: string): number[] {
  return processesWith((folder) => readFileSync(`${folder}/cmdline`, "utf8").includes(text));
}

function processesWith(isMeant: (folder: string) => boolean): number[] {
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  return pids.filter((pid) => {
    try {
      return isMeant(`/proc/${pid}`);
    } catch {
      return false;
    }
  });
}
