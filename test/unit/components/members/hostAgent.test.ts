import { describe, expect, test } from "vitest";
import { HostAgent } from "../../../../components/members/hostAgent.ts";
import { labels } from "../../support/cluster.ts";
import { declare, ofType, revealSecret, types } from "../../support/mocks.ts";

describe.each([false, true])("in a preview: %s", (preview) => {
  test("HostAgent is started with its generation, and reads its secrets", async () => {
    const args = {
      name: "serf-test-host",
      address: "10.9.0.1",
      dir: ".serf/host/test",
      image: "serf-test:1",
      join: "127.0.0.1:7946",
      port: 7946,
      isFirst: false,
      rpcPort: 7373,
      profile: "lan" as const,
      tags: { role: "host" },
      labels,
      timeout: 60,
      generation: "first",
      gossipKey: "a key",
      rpcToken: "a token",
    };
    const { declared } = await declare(() => new HostAgent("host", args), { preview });
    const { inputs } = ofType(declared, types.command)["host"]!;
    expect(inputs).toMatchObject({ addPreviousOutputInEnv: false });
    const input = JSON.parse(revealSecret(inputs["stdin"]) as string) as Record<string, unknown>;
    expect(input).toMatchObject({
      generation: "first",
      dir: ".serf/host/test",
      join: "127.0.0.1:7946",
      rpcPort: 7373,
      profile: "lan" as const,
      tags: { role: "host" },
      gossipKey: "a key",
      rpcToken: "a token",
    });
  });
});
