/**
 * `node test/machine/fromNothing.ts`: all that `vagrant up` makes of a fresh Debian, in some five
 * minutes and without a virtual machine. A container of this machine's engine boots a root's systemd
 * at the address of the Vagrantfile, an engine of its own runs in it, and what Vagrant would run
 * brings the cluster up; then again after a restart. It runs as root, on Debian or Ubuntu, and was
 * tried where the kernel's control groups are those of version 1.
 *
 * The tools that the user's cache has for this state of the project are copied into it, which
 * saves their download or build.
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
  console.log("A fresh Debian became a machine with a cluster, and one again after a restart.");
} finally {
  await docker(["stop", "--time", "60", name], 90_000).catch(() => undefined);
  await docker(["rm", "--force", "--volumes", name], 60_000).catch(() => undefined);
  await docker(["network", "rm", name]).catch(() => undefined);
  await docker(["image", "rm", name]).catch(() => undefined);
  root.remove();
}

/** What a box has beside a bare system: systemd and its user. And the copy of the project. */
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
  // Not `--privileged`: this machine's root need not have every capability either.
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

/** Does what Vagrant does in the end of `vagrant up`, and looks at what that made. */
async function provision(): Promise<void> {
  await poll("the machine has not booted", async () => {
    const ask = ["exec", name, "systemctl", "is-system-running"];
    return (await docker(ask).catch(() => "")).trim() === "running";
  });
  const environment = ["NODE_EXTRA_CA_CERTS", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];
  const passed = environment.flatMap((variable) => ["--env", variable]);
  const code = await foreground("docker", ["exec", ...passed, name, "sh", "-c", provisioning]);
  if (code !== 0) throw new Error(`The provisioning ended with ${code}.`);

  const user = ["exec", "--user", "vagrant", "--workdir", "/vagrant", name];
  const members = await docker(
    [...user, "npm", "run", "--silent", "members", "--", "--stack", "vagrant"],
    30_000,
  );
  const alive = members.match(/ alive /g)?.length;
  if (alive !== 5) throw new Error(`${alive ?? 0} of 5 members are alive:\n${members}`);
  const rootOwned = await docker([...user, "find", ".", "-not", "-user", "vagrant"], 30_000);
  if (rootOwned !== "") throw new Error(`Not the user's own:\n${rootOwned}`);
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
