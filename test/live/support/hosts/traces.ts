import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { run } from "../../../../lib/host/run.ts";

/**
 * Everything of the kinds that a site could leave, without what Docker makes for this machine's own containers, which
 * comes and goes.
 */
export async function tracesOf(site: string): Promise<string[]> {
  const lists = await Promise.all([
    run("ip", ["-brief", "link"]),
    run("ip", ["netns", "list"]),
    run("ip", ["route", "show", "table", "all"]),
    run("iptables", ["--list-rules"]),
    run("iptables", ["--table", "nat", "--list-rules"]),
    run("find", ["/sys/fs/cgroup", "-name", `${site}*`]),
    run("find", ["/var/lib", "-maxdepth", "1", "-name", `${site}*`]),
  ]);
  const docker = /\bbr-[0-9a-f]{12}\b|\bdocker0\b|\bveth[0-9a-f]|\/docker\w*\/|\b172\.\d+\.\d+\./;
  return [...lists, readFileSync("/proc/self/mounts", "utf8")]
    .flatMap((list) => list.split("\n"))
    .filter((line) => line.trim() !== "" && (line.includes(site) || !docker.test(line)))
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
