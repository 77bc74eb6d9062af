import { describe, expect, test } from "vitest";
import { Seed } from "../../../../components/members/seed.ts";
import { specOf } from "../../../../lib/plan/agents.ts";
import { labels, place, seedContainer, volumes } from "../../support/cluster.ts";
import { declare, labelsIn, ofType, types } from "../../support/mocks.ts";

describe.each([false, true])("in a preview: %s", (preview) => {
  test("Seed has the fixed address and the volumes, and publishes gossip", async () => {
    const { declared, returned } = await declare(
      () => {
        const seed = new Seed("seed", { ...place(), container: seedContainer });
        return { ip: seed.ip, endpoint: seed.endpoint };
      },
      { preview },
    );
    expect(returned).toEqual({ ip: "10.9.0.2", endpoint: "127.0.0.1:7979" });
    const container = ofType(declared, types.container)["seed"]!;
    const { inputs } = container;
    expect(inputs["networksAdvanced"]).toEqual([{ name: "serf-test", ipv4Address: "10.9.0.2" }]);
    expect(inputs["ports"]).toEqual(
      ["tcp", "udp"].map((protocol) => ({
        internal: 7946,
        external: 7979,
        ip: "127.0.0.1",
        protocol,
      })),
    );
    expect(inputs).toMatchObject({
      stopTimeout: 10,
      destroyGraceSeconds: 10,
      command: ["seed.json", "-node=serf-test-seed", "-bind=10.9.0.2:7946", "-profile=wan"],
      volumes: [
        { volumeName: volumes.config, containerPath: "/etc/serf/config", readOnly: true },
        { volumeName: volumes.data, containerPath: "/var/lib/serf" },
      ],
    });
    expect(inputs).not.toHaveProperty("uploads");
    expect(inputs["envs"]).toEqual(["GOMAXPROCS=1", "SERF_DATA=/var/lib/serf/serf-test-seed"]);
    expect(labelsIn(container)).toEqual({
      ...labels,
      "serf.role": "seed",
      "serf.group": "seed",
      "serf.spec": specOf(seedContainer),
      "serf.generation": "1",
    });
  });
});
