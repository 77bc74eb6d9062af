import { describe, expect, test } from "vitest";
import { inTurn, planTurns, type TurnChoice } from "../../../components/turns.ts";

const all: TurnChoice = {
  isRolling: true,
  isHostFirst: false,
  runs: { seed: true, host: true },
  isEndpointKnown: true,
};
const none = { seed: false, host: false };

test("where all go at once, each waits only for whom it joins, whoever runs", () => {
  for (const runs of [all.runs, none]) {
    const atOnce = { ...all, isRolling: false, runs };
    expect(planTurns(atOnce)).toEqual([
      { party: "seed", after: [] },
      { party: "joiners", after: [] },
      { party: "host", after: ["seed"] },
    ]);
    expect(planTurns({ ...atOnce, isHostFirst: true })).toEqual([
      { party: "host", after: [] },
      { party: "seed", after: ["host"] },
      { party: "joiners", after: ["host"] },
    ]);
  }
});

describe("where one waits for the other", () => {
  test.each<[string, Partial<TurnChoice>, string]>([
    ["all run", {}, "joiners seed host"],
    ["all run and join the host", { isHostFirst: true }, "joiners host seed"],
    ["nobody runs yet", { runs: none }, "seed host joiners"],
    [
      "nobody runs yet, and all join the host",
      { runs: none, isHostFirst: true },
      "host seed joiners",
    ],
    ["the seed is down", { runs: { seed: false, host: true } }, "seed joiners host"],
    ["the host's agent is down", { runs: { seed: true, host: false } }, "host joiners seed"],
    [
      "the host's agent is down, and must be told the seed's port",
      { runs: { seed: true, host: false }, isEndpointKnown: false },
      "joiners seed host",
    ],
  ])("and %s", (_, changes, expected) => {
    const turns = planTurns({ ...all, ...changes });
    const order = turns.map(({ party }) => party);
    expect(order.join(" ")).toBe(expected);
    expect(turns.map(({ after }) => after)).toEqual([[], order.slice(0, 1), order.slice(0, 2)]);
  });
});

test("inTurn shows each what it waits for, and nothing else", () => {
  const told: Record<string, object> = {};
  const declare = (name: string) => (done: object) => {
    told[name] = done;
    return name.toUpperCase();
  };
  const made = inTurn(planTurns({ ...all, isRolling: false }), {
    seed: declare("seed"),
    joiners: declare("joiners"),
    host: declare("host"),
  });
  expect(made).toEqual({ seed: "SEED", joiners: "JOINERS", host: "HOST" });
  expect(told).toEqual({ seed: {}, joiners: {}, host: { seed: "SEED" } });
});
