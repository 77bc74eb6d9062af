import { cpus, release, totalmem } from "node:os";
import { createRequire } from "node:module";
import { engine } from "../../lib/engine/api.ts";
import { readLimits } from "../../lib/neighbourTable/limits.ts";
import { run } from "../../lib/host/run.ts";
import { findProgram, programVersion } from "../../setup/tools/goProgram.ts";
import { benchLabel, keptImage } from "../support/place.ts";
import { composePeer, terraformPeer } from "../support/peers.ts";

/** The facts of the machine that affect the figures. */
export async function machineFacts(): Promise<Record<string, string>> {
  const info = (await engine({ method: "GET", path: "/info" })) as Record<string, string>;
  const table = Object.values((await readLimits()) ?? {}).join("/");
  return {
    cores: String(cpus().length),
    CPU: cpus()[0]?.model ?? "unknown",
    memory: `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    kernel: release(),
    system: String(info["OperatingSystem"]),
    "Docker engine": String(info["ServerVersion"]),
    "storage driver": String(info["Driver"]),
    "neighbour table, gc_thresh1/2/3": table,
  };
}

/** The versions of the programs that are compared. */
export async function versionsOf(env: NodeJS.ProcessEnv): Promise<Record<string, string>> {
  const first = async (file: string, ...args: string[]) =>
    (await run(file, args, { env, timeout: 30_000 }).catch(() => "missing")).split("\n")[0]!.trim();
  const label = `--label=${benchLabel}=1`;
  const packages = createRequire(import.meta.url);
  const sdk = packages("@pulumi/pulumi/package.json") as { version: string };
  return {
    "Node.js": await first("node", "--version"),
    Pulumi: await first("pulumi", "version"),
    "@pulumi/pulumi": sdk.version,
    "docker client": await first("docker", "--version"),
    Serf: await first("docker", "run", "--rm", label, "--entrypoint=serf", keptImage, "version"),
    compose: findProgram(composePeer) ? programVersion(composePeer) : "missing",
    terraform: await first("terraform", "version"),
    "terraform provider": findProgram(terraformPeer) ? programVersion(terraformPeer) : "missing",
  };
}
