import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { agentFiles } from "../../../../lib/agents/process.ts";
import { closeViews, membersSeenBy, type View } from "../../../../lib/membership/views.ts";
import { FakeAgent } from "../../support/fakeAgent.ts";

let agent: FakeAgent;
let dir: string;
let view: View;

beforeEach(async () => {
  agent = await FakeAgent.start();
  agent.on = {
    "members-filtered": ({ answer }) => answer("", { Members: ["b", "a"].map(member) }),
  };
  dir = mkdtempSync(join(tmpdir(), "serf-views-"));
  writeFileSync(agentFiles(dir).token, "secret");
  view = { kind: "host", name: "host", dir, rpcPort: agent.port };
});

afterEach(async () => {
  await closeViews();
  agent.stop();
  rmSync(dir, { recursive: true });
});

const member = (name: string) => ({ Name: name, Addr: Buffer.of(127, 0, 0, 1), Status: "alive" });

test("a view is asked with the agent's token, over one connection", async () => {
  const names = (await membersSeenBy(view)).map(({ name }) => name);
  await membersSeenBy(view);
  expect(names).toEqual(["a", "b"]);
  expect(agent.commands).toEqual(["handshake", "auth", "members-filtered", "members-filtered"]);
  expect(agent.requests[1]!.body).toEqual({ AuthKey: "secret" });
  expect(agent.connections).toBe(1);
});

test("a restarted agent is asked over a new connection", async () => {
  await membersSeenBy(view);
  agent.disconnect();
  await vi.waitFor(async () => expect(await membersSeenBy(view)).toHaveLength(2));
  expect(agent.commands.filter((command) => command === "handshake")).toHaveLength(2);
});

test("two simultaneous questions leave one connection", async () => {
  await Promise.all([membersSeenBy(view), membersSeenBy(view)]);
  await vi.waitFor(() => expect(agent.connections).toBe(1));
  expect(await membersSeenBy(view)).toHaveLength(2);
});

test("an agent that is slow or missing is an error, and is asked again the next time", async () => {
  const answering = agent.on;
  agent.on = { "members-filtered": () => undefined };
  await expect(membersSeenBy(view, 50)).rejects.toThrow(
    "agent of host did not answer within 0.05 s",
  );
  agent.on = answering;
  expect(await membersSeenBy(view, 1000)).toHaveLength(2);
  await closeViews();
  agent.stop();
  await expect(membersSeenBy(view, 1000)).rejects.toThrow("ECONNREFUSED");
});
