/**
 * `node test/live/long/machine/fromNothing.ts`: does what `vagrant up` does with a fresh Debian, in about five minutes
 * and without a virtual machine. A container of this machine's engine boots a root's systemd at the address of the
 * Vagrantfile and runs its own engine. The provisioning script of the Vagrantfile brings the cluster up, and again
 * after a restart. Needs root on Debian or Ubuntu; tested with control groups version 1.
 *
 * Tools that are in the user's cache for this version of the project are copied into it, which saves the time to
 * download or build them.
 */
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { homedir } from "node:os";
import { basename, join, resolve } from "node:path";
import { foreground } from "../../../../lib/host/foreground.mjs";
import { toolSourcesHash } from "../../../../setup/tools/goTools.ts";
import { docker, pause, run } from "../../../../lib/host/run.ts";
import { FreshRoot, obstacleToRoots } from "./freshRoot.ts";

const project = resolve(import.meta.dirname, "../../../..");
const name = "serf-machine";
const address = "172.20.20.10";
const vagrantfile = readFileSync(join(project, "Vagrantfile"), "utf8");
const provisioning = /inline: "(.*)"/.exec(vagrantfile)![1]!;

const obstacle = await obstacleToRoots();
if (obstacle !== undefined) throw new Error(obstacle);
const root = await FreshRoot.make();
try {
  await furnish();
  await boot();
  await provision();
  await docker(["restart", "--time", "60", name], 120_000);
  await provision();
  console.log(
    "A fresh Debian was set up as a machine with a cluster, which came up again after a restart.",
  );
} finally {
  await docker(["stop", "--time", "60", name], 90_000).catch(() => undefined);
  await docker(["rm", "--force", "--volumes", name], 60_000).catch(() => undefined);
  await docker(["network", "rm", name]).catch(() => undefined);
  await docker(["image", "rm", name]).catch(() => undefined);
  root.remove();
}

/** Adds what a Vagrant box has: systemd and its user, and the copy of the project. */
async function furnish(): Promise<void> {
  await root.install("systemd-sysv", "dbus", "ca-certificates");
  await root.sh("useradd --create-home --shell /bin/bash vagrant");
  const excluded = new Set([".git", ".serf", ".vagrant", "node_modules"]);
  cpSync(project, root.path("vagrant"), {
    recursive: true,
    filter: (path) => !excluded.has(basename(path)),
  });
  const cache = join(".cache", "serf-cluster");
  const own = join(homedir(), cache);
  const hash = toolSourcesHash();
  for (const entry of existsSync(own) ? readdirSync(own) : []) {
    if (!entry.startsWith("tools-") || !entry.includes(hash)) continue;
    cpSync(join(own, entry), root.path("home/vagrant", cache, entry), { recursive: true });
  }
  await root.sh("chown -R vagrant: /home/vagrant /vagrant");
}

async function boot(): Promise<void> {
  const load = 'tar -C "$1" -c . | docker import - "$2"';
  await run("sh", ["-c", load, "sh", root.dir, name], { timeout: 120_000 });
  await docker(["network", "create", "--subnet", `${address}/24`, name]);
  // Not `--privileged`: root on this machine may not have every capability either.
  const capabilities = ["SYS_ADMIN", "NET_ADMIN", "SYS_PTRACE", "SYS_NICE", "SYSLOG"];
  const unconfined = ["seccomp", "apparmor", "systempaths"];
  await docker(
    [
      ...["run", "--detach", "--tty", "--name", name, "--network", name, "--ip", address],
      ...capabilities.flatMap((capability) => ["--cap-add", capability]),
      ...unconfined.flatMap((what) => ["--security-opt", `${what}=unconfined`]),
      ...["--device-cgroup-rule", "a *:* rwm", "--stop-signal", "RTMIN+3"],
      ...["--tmpfs", "/run:exec", "--volume", "/var/lib/docker"],
      ...["--volume", "/sys/fs/cgroup:/sys/fs/cgroup:ro"],
      ...[name, "/sbin/init"],
    ],
    60_000,
  );
}

/** Does what Vagrant does at the end of `vagrant up`, and checks the result. */
async function provision(): Promise<void> {
  await poll("the machine has not booted", async () => {
    const ask = ["exec", name, "systemctl", "is-system-running"];
    return (await docker(ask).catch(() => "")).trim() === "running";
  });
  const environment = ["NODE_EXTRA_CA_CERTS", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];
  const passed = environment.flatMap((variable) => ["--env", variable]);
  const code = await foreground("docker", ["exec", ...passed, name, "sh", "-c", provisioning]);
  if (code !== 0) throw new Error(`The provisioning exited with ${code}.`);

  const user = ["exec", "--user", "vagrant", "--workdir", "/vagrant", name];
  const members = await docker(
    [...user, "npm", "run", "--silent", "members", "--", "--stack", "vagrant"],
    30_000,
  );
  const alive = members.match(/ alive /g)?.length;
  if (alive !== 5) throw new Error(`${alive ?? 0} of 5 members are alive:\n${members}`);
  const rootOwned = await docker([...user, "find", ".", "-not", "-user", "vagrant"], 30_000);
  if (rootOwned !== "") throw new Error(`These files do not belong to the user:\n${rootOwned}`);
  await poll(`no gossip port at ${address}`, reachesGossip);
}

function reachesGossip(): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect({ host: address, port: 7946, timeout: 1_000 });
    const end = (reached: boolean) => {
      socket.destroy();
      settle(reached);
    };
    socket.once("connect", () => end(true));
    for (const event of ["error", "timeout"]) socket.once(event, () => end(false));
  });
}

async function poll(otherwise: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let left = 60; !(await isSo()); left -= 1) {
    if (left === 0) throw new Error(`After a minute ${otherwise}.`);
    await pause(1_000);
  }
}
