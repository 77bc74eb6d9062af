import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { removeContainers } from "../../../../lib/containers/lifecycle.ts";
import type { FoundContainer } from "../../../../lib/engine/found.ts";
import { FakeEngine } from "../../support/fakeEngine.ts";

vi.mock("../../../../lib/host/run.ts", async (original) => ({
  ...(await original<object>()),
  // The fake agents need no time to leave.
  pause: () => Promise.resolve(),
}));

let fake: FakeEngine;

beforeEach(async () => {
  fake = await FakeEngine.start();
});

afterEach(() => fake.stop());

function running(count: number): FoundContainer[] {
  return Array.from({ length: count }, (_, at) => ({
    ...{ id: `c${at}`, name: `c${at}`, isRunning: true },
    ...{ labels: {}, networks: ["net"], published: [] },
  }));
}

function engineOf(version: string, containers: readonly FoundContainer[]): void {
  const done = { status: 204, body: "" };
  fake.answers = {
    "GET /v1.41/version": { body: JSON.stringify({ Version: version }) },
    "POST /v1.41/networks/net/disconnect": done,
    ...Object.fromEntries(
      containers.flatMap(({ id }) => [
        [`POST /v1.41/containers/${id}/kill?signal=SIGUSR1`, done],
        [`POST /v1.41/containers/${id}/stop?t=10`, done],
        [`DELETE /v1.41/containers/${id}?force=1&v=1`, done],
      ]),
    ),
  };
}

const told = (what: string) => fake.asked.filter(({ request }) => request.includes(what)).length;

test.each([
  ["20.10.24", 9],
  ["27.5.1", 9],
  ["28.0.0", 0],
  ["29.4.0", 0],
  ["dev", 9],
])(
  "many containers all leave; with engine %s, %d are disconnected from their network",
  async (version, out) => {
    const many = running(9);
    engineOf(version, many);
    await removeContainers(many);
    expect(told("signal=SIGUSR1")).toBe(9);
    expect(told("/disconnect")).toBe(out);
    expect(told("/stop")).toBe(9);
    expect(told("DELETE")).toBe(9);
  },
);

test("a few are simply stopped and removed", async () => {
  const few = running(8);
  engineOf("20.10.24", few);
  await removeContainers(few);
  expect(fake.asked).toHaveLength(16);
});
