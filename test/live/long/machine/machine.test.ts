import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseSettings } from "../../../../lib/settings/settings.ts";
import {
  type Machine,
  project,
  publishProject,
  readCalls,
  readCloudInit,
  packagedNode,
  readVagrantfile,
} from "./definitions.ts";
import { FreshRoot, obstacleToRoots } from "./freshRoot.ts";

const obstacle = await obstacleToRoots();
const skipped = obstacle === undefined ? "" : ` (skipped: ${obstacle})`;

describe.skipIf(skipped !== "")(`a machine from nothing${skipped}`, () => {
  const roots: FreshRoot[] = [];
  let bare: FreshRoot;
  /** Has cloud-init; the tests install Vagrant later. */
  let tools: FreshRoot;
  let vagrant: Promise<void>;

  beforeAll(async () => {
    roots.push((bare = await FreshRoot.make()));
    roots.push((tools = await bare.copy()));
    await tools.install("cloud-init");
    vagrant = tools.install("vagrant");
    mkdirSync(tools.path("project"));
    for (const name of ["Vagrantfile", "machine"]) {
      cpSync(join(project, name), tools.path("project", name), { recursive: true });
    }
    // Vagrant ignores a provider's settings unless the provider seems to be installed.
    const version = "#!/bin/sh\necho 7.0.20r163906\n";
    writeFileSync(tools.path("usr/local/bin/VBoxManage"), version, { mode: 0o755 });
  });

  afterAll(() => {
    for (const root of roots) root.remove();
  });

  describe("cloud-init.yaml", () => {
    test("is valid for cloud-init", async () => {
      await tools.sh("cloud-init schema --config-file /project/machine/cloud-init.yaml");
    });

    test("sets the project up and starts the cluster as the image's user, twice", async () => {
      const { packages, script } = await readCloudInit(tools);
      await bare.install(...packages);
      await bare.sh("useradd --create-home --uid 1000 debian");
      await publishProject(bare, "/srv/repository");
      const own = script.replaceAll(/(?<=repository=)[^'"\s]+/g, "/srv/repository");
      writeFileSync(bare.path("root/runcmd"), own);
      const setup = { command: "setup", args: [], user: "root", home: "/root" };
      const start = { command: "start", args: ["--stack", "dev"], user: "debian" };
      const node = packagedNode();
      const both = { node, folder: "/srv/serf-cluster", cache: "/home/debian/.cache" };

      expect(await bare.sh("sh /root/runcmd")).toContain("Setting up npm");
      expect(await bare.sh("node --version")).toMatch(/^v18\./);
      expect(await bare.sh("sh /root/runcmd")).not.toContain("Setting up");

      const calls = readCalls(bare);
      expect(calls).toMatchObject(
        [setup, start, setup, start].map((call) => ({ ...call, ...both })),
      );
      for (const index of [1, 3]) {
        expect(calls[index]).toMatchObject({ home: "/home/debian", groups: "debian docker" });
      }
      const places = "/srv/serf-cluster /home/debian";
      expect(await bare.sh(`find ${places} -not -user debian`)).toBe("");
    });

    test("needs only the user's name", async () => {
      await expect(bare.sh("/srv/serf-cluster/machine/provision")).rejects.toThrow(
        /USER is missing; usage: machine\/provision USER \[STACK\]/,
      );
    });
  });

  describe("the Vagrantfile", () => {
    let machine: Machine;

    beforeAll(async () => {
      await vagrant;
      machine = await readVagrantfile(tools);
    });

    test("is valid for Vagrant", async () => {
      expect(await tools.sh("cd /project; HOME=/root vagrant validate")).toContain("successfully");
    });

    test("describes the article's machine with a current Debian", () => {
      expect(machine.box).toBe("debian/bookworm64");
      expect(machine.networks).toContainEqual([
        "private_network",
        expect.objectContaining({ ip: "172.20.20.10" }),
      ]);
      expect(machine.customizations).toEqual([
        ["pre-boot", ["modifyvm", "id", "--cpus", 2]],
        ["pre-boot", ["modifyvm", "id", "--memory", "4096"]],
      ]);
    });

    test("brings up a stack at every boot, published on the machine's address", () => {
      expect(machine.provisioners).toHaveLength(1);
      const [{ inline, ...how }] = machine.provisioners as [Machine["provisioners"][number]];
      expect(how).toEqual({ type: "shell", run: "always", privileged: true });
      const [program, user, stack] = inline.split(" ");
      expect(program).toBe("/vagrant/machine/provision");
      expect(user).toBe("vagrant");

      const text = readFileSync(join(project, `Pulumi.${stack!}.yaml`), "utf8");
      const values = [...text.matchAll(/^ {2}serf:(\w+): (.*)$/gm)];
      const settings = parseSettings(
        Object.fromEntries(values.map(([, key, value]) => [key!, value!])),
        { stack: stack!, platform: "linux", handlerFiles: [{ name: "load", isExecutable: true }] },
      );
      expect(settings.publishAddress).toBe("172.20.20.10");
    });

    test("copies the project, and leaves each side its own packages and state", async () => {
      const folder = machine.folders["/vagrant"]!;
      expect(folder).toMatchObject({ type: "rsync", hostpath: "." });
      const own = ["node_modules", ".serf"];
      for (const [side, names] of Object.entries({
        host: [...own, "cli"],
        guest: [...own, "old"],
      })) {
        for (const name of names) {
          mkdirSync(tools.path(side, name), { recursive: true });
          writeFileSync(tools.path(side, name, side), "");
        }
      }
      // Vagrant's default arguments.
      const args = ["--archive", "--delete", "-z", "--copy-links"];
      const excludes = (folder["rsync__exclude"] as string[]).flatMap((name) => [
        "--exclude",
        name,
      ]);
      await tools.sh('rsync "$@" /host/ /guest', ...args, ...excludes);
      const files = await tools.sh("cd /guest; find . -type f | sort");
      expect(files).toBe("./.serf/guest\n./cli/host\n./node_modules/guest\n");
    });
  });
});
