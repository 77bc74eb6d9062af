import { appendFile, cp, mkdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Profile } from "../../lib/agents/config.ts";
import { stopAgent } from "../../lib/agents/process.ts";
import { namesOf, project } from "../../lib/cluster/names.ts";
import { runChild } from "../support/child.ts";
import type { Contender } from "../support/contender.ts";
import { gossipPort, rpcPort, stack, subnet } from "../support/place.ts";
import type { ProjectCopy } from "../support/projectCopy.ts";

const names = namesOf(project, stack);

/** This project with plain Pulumi commands, on a new stack each time. */
export function ours(copy: ProjectCopy, hostAgent: boolean, profile: Profile): Contender {
  const { dir } = copy;
  const backend = join(dir, "..", "state");
  const env = { ...copy.env, PULUMI_BACKEND_URL: pathToFileURL(backend).href };
  const call = (...args: string[]) =>
    runChild(["pulumi", ...args, `--stack=${stack}`], { cwd: dir, env });
  const set = (key: string, value: string) => call("config", "set", key, value);
  const abandon = () => stopAgent(join(dir, names.hostAgentDir));
  return {
    name: hostAgent ? "ours, host agent on" : "ours",
    seed: names.seed,
    label: `serf.stack=${stack}`,
    more: hostAgent ? 1 : 0,
    awaitsFormation: true,
    prepare: async (joiners) => {
      await abandon();
      for (const folder of [backend, join(dir, ".serf"), join(dir, "docker")]) {
        await rm(folder, { recursive: true, force: true });
      }
      await cp(join(copy.root, "docker"), join(dir, "docker"), { recursive: true });
      await mkdir(backend);
      await writeFile(
        join(dir, `Pulumi.${stack}.yaml`),
        configuration(joiners, hostAgent, profile),
      );
      await call("stack", "init", "--non-interactive");
    },
    up: async () => (await call("up", "--yes", "--skip-preview")).cpu,
    plan: () => call("preview", "--expect-no-changes"),
    apply: () => call("up", "--yes", "--skip-preview", "--expect-no-changes"),
    destroy: () => call("destroy", "--yes", "--skip-preview"),
    state: async () =>
      (await stat(join(backend, ".pulumi", "stacks", project, `${stack}.json`))).size,
    resize: (joiners) => set("joiners", String(joiners)),
    touch: () => appendFile(join(dir, "docker", "handlers", "load"), `# ${Date.now()}\n`),
    abandon,
  };
}

/** The stack's configuration file. */
export function configuration(joiners: number, hostAgent: boolean, profile: Profile): string {
  const values = {
    joiners,
    subnet: subnet.cidr,
    gossipPort,
    rpcPort,
    hostAgent,
    profile,
    convergenceTimeout: 300,
  };
  const lines = Object.entries(values).map(([key, value]) => `  serf:${key}: "${String(value)}"\n`);
  return `config:\n${lines.join("")}`;
}
