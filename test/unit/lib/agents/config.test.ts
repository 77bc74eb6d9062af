import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { differInConductOnly, groupConfig, startArguments } from "../../../../lib/agents/config.ts";
import { hashBuild } from "../../../../lib/cluster/buildContext.ts";
import { isStackName, namesOf } from "../../../../lib/cluster/names.ts";

describe("an agent's configuration", () => {
  const identity = { name: "serf-a-joiner-1", address: "172.30.0.3" };
  const conduct = { tags: { role: "joiner" }, join: ["172.30.0.2"] };
  const parse = (...args: Parameters<typeof groupConfig>) =>
    JSON.parse(groupConfig(...args)) as Record<string, unknown>;

  test("makes the agent leave when it is stopped, and rejoin when it starts", () => {
    expect(parse(conduct, "token")).toEqual({
      tags: { role: "joiner" },
      rpc_addr: "127.0.0.1:7373",
      retry_join: ["172.30.0.2"],
      retry_interval: "1s",
      leave_on_terminate: true,
      broadcast_timeout: "2s",
      rejoin_after_leave: true,
      keyring_file: "/run/serf/keyring",
      rpc_auth: "token",
      event_handlers: [],
    });
  });

  test("the host's agent has its own paths", () => {
    const place = { rpcPort: 7380, keyringPath: "/x/keyring" };
    expect(parse(conduct, "token", place)).toMatchObject({
      rpc_addr: "127.0.0.1:7380",
      keyring_file: "/x/keyring",
    });
  });

  test("the name and the bind address are on the command line", () => {
    const own = ["-node=serf-a-joiner-1", "-bind=172.30.0.3:7946"];
    expect(startArguments(identity)).toEqual(own);
    expect(startArguments({ ...identity, profile: "wan" })).toEqual([...own, "-profile=wan"]);
  });

  test("only tags, handlers and join addresses are applied by a running agent", () => {
    const config = groupConfig(conduct, "token");
    const other = { tags: { role: "x" }, join: ["a"], eventHandlers: ["user=x"] };
    expect(differInConductOnly(config, groupConfig(other, "token"))).toBe(true);
    expect(differInConductOnly(config, groupConfig(conduct, "other"))).toBe(false);
    const place = { rpcPort: 7380 };
    expect(differInConductOnly(config, groupConfig(conduct, "token", place))).toBe(false);
  });
});

describe("names", () => {
  test("differ between stacks and never by anything else", () => {
    expect(namesOf("serf", "dev")).toEqual({
      prefix: "serf-dev",
      network: "serf-dev",
      lease: "serf-dev-lease",
      volumes: { config: "serf-dev-config", data: "serf-dev-data" },
      seed: "serf-dev-seed",
      host: "serf-dev-host",
      hostAgentDir: ".serf/host/dev",
    });
  });

  test.each(["dev", "a", "0", "a-1", "a".repeat(40)])("%s is a stack's name", (name) => {
    expect(isStackName(name)).toBe(true);
  });

  test.each(["", "Dev", "a_b", "a.b", "-a", "a-", "a".repeat(41), "a/b", "ä"])(
    "%j is none",
    (name) => {
      expect(isStackName(name)).toBe(false);
    },
  );
});

describe("hashBuild", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "serf-context-"));
    writeFileSync(join(dir, "Dockerfile"), "FROM scratch\n");
    mkdirSync(join(dir, "handlers"));
    writeFileSync(join(dir, "handlers", "load"), "echo 1\n", { mode: 0o644 });
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const hash = (args: Record<string, string> = { A: "1", B: "2" }) => hashBuild(dir, args);

  test("is the same for the same content, whatever the order and the times", () => {
    const before = hash();
    writeFileSync(join(dir, "Dockerfile"), "FROM scratch\n");
    expect(hash({ B: "2", A: "1" })).toBe(before);
    expect(before).toMatch(/^[0-9a-f]{12}$/);
  });

  test.each<[string, () => void]>([
    ["a file's content", () => writeFileSync(join(dir, "handlers", "load"), "echo 2\n")],
    ["a file's executable bit", () => chmodSync(join(dir, "handlers", "load"), 0o755)],
    ["a new file, even an empty one", () => writeFileSync(join(dir, "new"), "")],
    ["a file's absence", () => rmSync(join(dir, "handlers", "load"))],
  ])("changes with %s", (_, change) => {
    const before = hash();
    change();
    expect(hash()).not.toBe(before);
  });

  test("changes with a build argument's name and value", () => {
    expect(new Set([hash({ A: "1" }), hash({ A: "2" }), hash({ B: "1" }), hash({})]).size).toBe(4);
  });
});
