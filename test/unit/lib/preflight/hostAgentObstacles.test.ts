import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { namesOf } from "../../../../lib/cluster/names.ts";
import type { FoundContainer } from "../../../../lib/engine/found.ts";
import type { EngineFacts } from "../../../../lib/engine/place.ts";
import { hostAgentObstacles } from "../../../../lib/preflight/hostAgentObstacles.ts";
import { parseSettings } from "../../../../lib/settings/settings.ts";

const facts: EngineFacts = {
  name: "here",
  kernel: "6.1.0",
  system: "Debian GNU/Linux 12 (bookworm)",
  isRootless: false,
  remapsUsers: false,
  isSwarmNode: false,
  bridges: [],
};

async function obstacles(
  config: Record<string, string | number>,
  {
    isHere = true,
    own = [] as FoundContainer[],
    ...told
  }: Partial<EngineFacts> & {
    isHere?: boolean;
    own?: FoundContainer[];
  } = {},
): Promise<string> {
  const texts = Object.entries(config).map(([key, value]) => [key, String(value)] as const);
  const settings = parseSettings(
    // An unused network, and an RPC port that is not checked.
    { subnet: "10.254.253.0/24", rpcPort: "22199", ...Object.fromEntries<string>(texts) },
    {
      stack: "unit-obstacles",
      platform: "linux",
      handlerFiles: [{ name: "load", isExecutable: true }],
    },
  );
  const engine = { ...facts, ...told };
  const names = namesOf("serf", "unit-obstacles");
  return (await hostAgentObstacles(settings, names, own, { isHere, engine })).join("\n");
}

describe("the port of the host's agent", () => {
  const servers: Server[] = [];

  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  async function listener(host: string): Promise<number> {
    const server = createServer().listen(0, host);
    servers.push(server);
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }

  test.each(["0.0.0.0", "::"])("is taken if something listens on %s", async (host) => {
    const hostAgentPort = await listener(host);
    expect(await obstacles({ hostAgentPort })).toMatch(
      new RegExp(
        `^hostAgentPort is ${hostAgentPort}, but another process listens .*, for example ` +
          `\`pulumi config set hostAgentPort \\d+\`$`,
      ),
    );
    expect(await obstacles({ hostAgentPort, hostAgent: "false" })).toBe("");
    // A port on another host cannot be checked.
    expect(await obstacles({ hostAgentPort }, { isHere: false })).toBe("");
  });

  test("is not taken if something listens on another address", async () => {
    expect(await obstacles({ hostAgentPort: await listener("127.0.0.1") })).toBe("");
  });

  test("is taken if it is used over UDP", async () => {
    const socket = createSocket("udp4").bind(0);
    await once(socket, "listening");
    expect(await obstacles({ hostAgentPort: socket.address().port })).toContain("hostAgentPort");
    socket.close();
  });

  const swarm = "hostAgentPort is 7946, but the engine is a Swarm node, which uses that port";

  test("is taken by a Swarm on another host, unless another port is set or the agent already had it", async () => {
    const place = { isHere: false, isSwarmNode: true };
    expect(await obstacles({}, place)).toContain(swarm);
    expect(await obstacles({}, place)).toContain("`pulumi config set hostAgentPort 7947`");
    expect(await obstacles({ hostAgentPort: 7947 }, place)).toBe("");
    const up = {
      id: "",
      name: "serf-unit-obstacles-host",
      isRunning: true,
      labels: {},
      published: [],
    };
    expect(await obstacles({}, { ...place, own: [up] })).toBe("");
  });
});

test("with remapped users, the host's agent cannot be a container", async () => {
  const hostAgentPort = 22198;
  const inContainer = { hostAgentPort, hostAgentIn: "container" };
  const remapped = await obstacles(inContainer, { remapsUsers: true });
  expect(remapped).toContain("userns-remap");
  expect(remapped).toContain("run `pulumi config set hostAgentIn process` or");
  const remote = await obstacles(inContainer, { remapsUsers: true, isHere: false });
  expect(remote).toContain("needs; run `pulumi config set hostAgent false`");
  expect(await obstacles({ hostAgentPort }, { remapsUsers: true })).toBe("");
  expect(await obstacles(inContainer)).toBe("");
});
