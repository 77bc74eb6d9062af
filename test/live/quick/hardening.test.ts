import { readFileSync } from "node:fs";
import { once } from "node:events";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { describe, expect, test, vi } from "vitest";
import { reloadAgent } from "../../../lib/containers/lifecycle.ts";
import { docker } from "../../../lib/host/run.ts";
import { membersIn, withStatus } from "../support/project.ts";
import { projectWith } from "../support/stack.ts";

const stack = "e2e-hard";
const config = {
  subnet: "172.31.235.0/24",
  gossipPort: 17935,
  rpcPort: 17936,
  joiners: 1,
  hostAgentIn: "container",
  limits: { memory: 64, cpus: 0.5 },
};
const seed = `serf-${stack}-seed`;
const containers = [seed, `serf-${stack}-joiner-1`, `serf-${stack}-host`];

const project = projectWith({ [stack]: config });

interface Inspected {
  readonly State: { readonly Pid: number };
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly NetworkSettings: { readonly Ports: Readonly<Record<string, unknown>> };
}

async function inspect(container: string): Promise<Inspected> {
  return (JSON.parse(await docker(["inspect", container])) as [Inspected])[0];
}

/** Runs a shell command in a container, and returns its exit code. */
async function shell(container: string, line: string): Promise<number> {
  const script = `(${line}) > /dev/null 2>&1; echo $?`;
  return Number(await docker(["exec", container, "sh", "-c", script], 60_000));
}

describe.each(containers)("%s", (container) => {
  test("its processes are not root, have no capabilities and cannot get new privileges", async () => {
    const { Pid } = (await inspect(container)).State;
    const status = readFileSync(`/proc/${Pid}/status`, "utf8");
    const field = (name: string) => new RegExp(`^${name}:\\s+(.*)$`, "m").exec(status)?.[1];
    expect(field("Uid")).toBe("7946\t7946\t7946\t7946");
    expect(field("Gid")).toBe("7946\t7946\t7946\t7946");
    for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]) {
      expect(field(set), set).toBe("0000000000000000");
    }
    expect(field("NoNewPrivs")).toBe("1");
  });

  test("it can write only to its data, /run and /tmp, and execute nothing from the last two", async () => {
    for (const folder of ["", "/etc/serf", "/etc/serf/config", "/usr/local/bin", "/var/lib"]) {
      expect(await shell(container, `touch ${folder}/x`), folder).not.toBe(0);
    }
    for (const folder of ["$SERF_DATA", "/run", "/tmp"]) {
      expect(await shell(container, `touch ${folder}/x && rm ${folder}/x`), folder).toBe(0);
    }
    for (const folder of ["/run", "/tmp"]) {
      const copy = `cp /bin/busybox ${folder}/x && chmod +x ${folder}/x`;
      expect(await shell(container, `${copy} && ${folder}/x true`), folder).not.toBe(0);
      await shell(container, `rm -f ${folder}/x`);
    }
  });

  test("its log is limited, and it restarts by itself", async () => {
    expect((await inspect(container)).HostConfig).toMatchObject({
      LogConfig: { Type: "json-file", Config: { "max-size": "5m", "max-file": "3" } },
      RestartPolicy: { Name: "always" },
      Privileged: false,
      ReadonlyRootfs: true,
    });
  });

  test("its resources are limited, and its agent survives when they are exhausted", async () => {
    expect((await inspect(container)).HostConfig).toMatchObject({
      Memory: 64 * 2 ** 20,
      MemorySwap: 64 * 2 ** 20,
      CpuPeriod: 100_000,
      CpuQuota: 50_000,
      PidsLimit: 128,
    });
    const { Pid: before } = (await inspect(container)).State;
    // 100 MiB in one variable, and more processes than allowed.
    expect(await shell(container, "x=$(head -c 100000000 /dev/zero | tr '\\0' x)")).not.toBe(0);
    const many = "for i in $(seq 200); do sleep 3 & done";
    expect(await shell(container, many)).not.toBe(0);
    // Until those have ended, no other process can be started in the container.
    const haveEnded = "[ $(pidof sleep | wc -w) -lt 5 ]";
    await vi.waitFor(async () => expect(await shell(container, haveEnded)).toBe(0), {
      timeout: 20_000,
      interval: 500,
    });
    expect((await inspect(container)).State.Pid).toBe(before);
  });
});

test("an agent that has reloaded its configuration is restarted when it crashes", async () => {
  const joiner = containers[1]!;
  const { Pid: before } = (await inspect(joiner)).State;
  await reloadAgent(joiner);
  expect(await shell(joiner, 'kill -9 "$(pidof serf)"')).toBe(0);
  await vi.waitFor(
    async () => {
      expect([0, before]).not.toContain((await inspect(joiner)).State.Pid);
      expect(withStatus(await membersIn(joiner), "alive")).toHaveLength(containers.length);
    },
    { timeout: 30_000, interval: 500 },
  );
});

test("the cluster has lost no member by that", async () => {
  expect(withStatus(await membersIn(seed), "alive").sort()).toEqual([...containers].sort());
  await project.succeed("pulumi", "preview", "--expect-no-changes", "--stack", stack);
});

test("only the gossip port is published, and only on the configured address", async () => {
  const place = [{ HostIp: "127.0.0.1", HostPort: String(config.gossipPort) }];
  expect((await inspect(seed)).NetworkSettings.Ports).toEqual({
    "7946/tcp": place,
    "7946/udp": place,
  });
  for (const container of containers.slice(1)) {
    const { Ports } = (await inspect(container)).NetworkSettings;
    expect(Object.values(Ports).filter((published) => published !== null)).toEqual([]);
  }
  expect(await connectionTo("127.0.0.1", config.gossipPort)).toBe("open");
  expect(await connectionTo("127.0.0.1", config.rpcPort)).toBe("open");
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal);
  expect(others).not.toEqual([]);
  for (const { address } of others) {
    expect(await connectionTo(address, config.gossipPort), address).toBe("ECONNREFUSED");
    expect(await connectionTo(address, config.rpcPort), address).toBe("ECONNREFUSED");
  }
});

async function connectionTo(host: string, port: number): Promise<unknown> {
  const socket = connect({ host, port });
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(5_000) });
    return "open";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  } finally {
    socket.destroy();
  }
}
