import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { FreshRoot } from "./freshRoot.ts";
import type { Recorded } from "./recorder.ts";

export const project = resolve(import.meta.dirname, "../../../..");

/** The Vagrantfile as Vagrant interprets it. */
export interface Machine {
  readonly box: string;
  readonly networks: readonly (readonly [string, Readonly<Record<string, unknown>>])[];
  readonly folders: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly customizations: readonly unknown[];
  readonly provisioners: readonly { readonly inline: string }[];
}

/** Reads the Vagrantfile in a root's `/project`. */
export async function readVagrantfile(root: FreshRoot): Promise<Machine> {
  return JSON.parse(await root.sh('HOME=/root ruby -W0 -e "$1"', loader)) as Machine;
}

const loader = `
require "vagrant"
require "json"
vagrantfile = Vagrant::Environment.new(cwd: "/project").vagrantfile
vm = vagrantfile.machine_config(:default, :virtualbox, nil)[:config].vm
puts JSON.generate(
  box: vm.box,
  networks: vm.networks,
  folders: vm.synced_folders,
  customizations: vm.get_provider_config(:virtualbox).customizations,
  provisioners: vm.provisioners.map do |one|
    { type: one.type, run: one.run, inline: one.config.inline, privileged: one.config.privileged }
  end
)`;

/** What cloud-init does with cloud-init.yaml. */
export interface CloudInit {
  readonly packages: readonly string[];
  /** The script that cloud-init makes from the commands. */
  readonly script: string;
}

/** Reads cloud-init.yaml in a root's `/project`. */
export async function readCloudInit(root: FreshRoot): Promise<CloudInit> {
  return JSON.parse(await root.sh('python3 -c "$1"', reader)) as CloudInit;
}

const reader = `
import json
from cloudinit import util
config = util.load_yaml(open("/project/machine/cloud-init.yaml").read())
print(json.dumps({"packages": config["packages"], "script": util.shellify(config["runcmd"])}))
`;

/** Creates a repository with the project's files, in which some commands only record their calls. */
export async function publishProject(root: FreshRoot, repository: string): Promise<void> {
  const names = ["lib", "machine", "setup", "package.json", "package-lock.json", ".gitignore"];
  for (const name of names) {
    cpSync(join(project, name), root.path(repository, name), { recursive: true });
  }
  for (const command of ["setup", "start"]) {
    const place = root.path(repository, "cli", `${command}.ts`);
    cpSync(join(import.meta.dirname, "recorder.ts"), place);
  }
  writeFileSync(root.path(record), "");
  await root.sh(`chmod 666 "/$1"; cd "$2"; ${commit}`, record, repository);
}

const record = "var/tmp/recorded";

/** The version of the Node.js package. */
export function packagedNode(): string {
  const { optionalDependencies } = JSON.parse(
    readFileSync(join(project, "package.json"), "utf8"),
  ) as { optionalDependencies: Record<string, string> };
  return optionalDependencies[`node-linux-${process.arch}`]!;
}

/** The calls of those commands. */
export function readCalls(root: FreshRoot): Recorded[] {
  const lines = readFileSync(root.path(record), "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Recorded);
}

const commit = `
git init --quiet
git add .
git -c user.name=test -c user.email=test@localhost commit --quiet --message test
`;
