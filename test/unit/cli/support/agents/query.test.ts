import { describe, expect, test } from "vitest";
import { agentOrder } from "../../../../../cli/support/agents/agents.ts";
import {
  expectationFrom,
  QueryTally,
  timeoutFrom,
} from "../../../../../cli/support/agents/queryTally.ts";
import { explained, tagFilters } from "../../../../../cli/support/agents/tagFilters.ts";

const payload = new Uint8Array();
const answer = (from: string) => ({ type: "response", from, payload }) as const;

describe("the tally of a query", () => {
  test("is complete when all members have answered, not only acknowledged", () => {
    const tally = new QueryTally(["a", "b"]);
    tally.add({ type: "ack", from: "a", payload });
    tally.add({ type: "ack", from: "b", payload });
    tally.add(answer("a"));
    tally.add(answer("a"));
    expect(tally.isComplete).toBe(false);
    expect(tally.sentence(1.234)).toBe("1 of 2 members answered in 1.23 s, 2 acknowledged.");
    tally.add(answer("b"));
    expect(tally.isComplete).toBe(true);
    expect(tally.summary(0.5)).toEqual({ answered: 2, members: 2, acknowledged: 2, seconds: 0.5 });
  });

  test("counts a member that joined meanwhile", () => {
    const tally = new QueryTally(["a"]);
    tally.add(answer("c"));
    expect(tally.summary(0)).toMatchObject({ answered: 1, members: 2, acknowledged: 1 });
  });

  test("says what is missing", () => {
    const tally = new QueryTally(["a", "b"]);
    tally.add(answer("a"));
    expect(tally.shortfall(0)).toBeUndefined();
    expect(tally.shortfall(1)).toBeUndefined();
    expect(tally.shortfall(3)).toBe("1 answered, --expect 3 requires 3; no answer from b.");
    expect(tally.shortfall("all")).toBe("1 answered, --expect all requires 2; no answer from b.");
    tally.add(answer("b"));
    expect(tally.shortfall("all")).toBeUndefined();
    expect(tally.shortfall(3)).toBe("2 answered, --expect 3 requires 3.");
  });
});

describe("options", () => {
  test("--expect", () => {
    expect(expectationFrom("all")).toBe("all");
    expect(expectationFrom("3")).toBe(3);
    for (const text of ["", "-1", "1.5", "many"]) {
      expect(() => expectationFrom(text)).toThrow(
        `--expect is "${text}", allowed are a number from 0 and "all".`,
      );
    }
  });

  test("--timeout", () => {
    expect(timeoutFrom("0.5")).toBe(0.5);
    for (const text of ["0", "x", "-1", "3601", "1e3"]) {
      expect(() => timeoutFrom(text)).toThrow(
        `--timeout is "${text}", allowed are seconds above 0, up to 3600.`,
      );
    }
  });

  test("--tag matches the whole value", () => {
    expect(tagFilters(["role=a|b", "rack=x=y", "zone="])).toEqual({
      role: "^(?:a|b)$",
      rack: "^(?:x=y)$",
      zone: "^(?:)$",
    });
    expect(() => tagFilters(["role"])).toThrow('--tag is "role", allowed is NAME=REGEXP');
    expect(() => tagFilters(["=x"])).toThrow('--tag is "=x"');
    expect(() => tagFilters(["role=a", "role=b"])).toThrow(
      '--tag names "role" twice, allowed is once: role=ONE|OTHER.',
    );
  });

  test("an error mentions the expressions if they may be the cause", () => {
    expect(explained("The agent of a closed the connection.", ["role=("])).toMatch(
      /^The agent of a closed the connection\.\nSerf may not .*: --tag role=\($/,
    );
    expect(explained("The agent of a closed the connection.", [])).not.toMatch(/\n/);
    expect(explained("No container runs.", ["role=x"])).toBe("No container runs.");
  });
});

test("the seed is tried first, and the agent that failed last", () => {
  const names = ["serf-a-joiner-10", "serf-a-joiner-2", "serf-a-seed"];
  expect(agentOrder(names)).toEqual(["serf-a-seed", "serf-a-joiner-2", "serf-a-joiner-10"]);
  expect(agentOrder(names, "serf-a-seed")).toEqual([
    "serf-a-joiner-2",
    "serf-a-joiner-10",
    "serf-a-seed",
  ]);
});
