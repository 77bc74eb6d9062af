import { expect, test } from "vitest";
import type { MemberChange } from "../../../../lib/review/members.ts";
import { rolloutSteps } from "../../../../lib/review/rollout.ts";

const change = (name: string, fate: MemberChange["fate"]): MemberChange => ({
  ...{ name, fate, reasons: [] },
  role: name.startsWith("joiner") ? "joiner" : (name as "seed" | "host"),
});

const changes = [
  change("seed", "restarts"),
  change("joiner-1", "restarts"),
  change("joiner-2", "restarts"),
  change("joiner-3", "stays"),
  change("joiner-4", "joins"),
  change("joiner-5", "leaves"),
  change("host", "restarts"),
];

const namesIn = (maxUnavailable?: number) =>
  rolloutSteps(changes, maxUnavailable).map(({ members }) => members.map(({ name }) => name));

test("all at once, but who leaves goes at the end", () => {
  expect(namesIn()).toEqual([["joiner-4", "seed", "joiner-1", "joiner-2", "host"], ["joiner-5"]]);
});

test("a few at a time: new ones, joiners, the seed, the host's agent, and who leaves", () => {
  expect(namesIn(1)).toEqual([
    ...[["joiner-4"], ["joiner-1"], ["joiner-2"], ["seed"], ["host"]],
    ["joiner-5"],
  ]);
  expect(namesIn(2)).toEqual([
    ...[["joiner-4"], ["joiner-1", "joiner-2"], ["seed"], ["host"], ["joiner-5"]],
  ]);
  expect(namesIn(9)).toEqual([
    ...[["joiner-4"], ["joiner-1", "joiner-2", "seed"], ["host"], ["joiner-5"]],
  ]);
});
