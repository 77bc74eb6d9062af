import { describe, expect, test } from "vitest";
import {
  driftBody,
  isSameDrift,
  issueAction,
  markerOf,
  mostCharacters,
  parseDrift,
} from "../../../../github/support/drift.ts";

const row = {
  ...{ what: "container serf-dev-seed", declared: "running", found: "removed", side: "engine" },
};

describe("what the drift command prints", () => {
  test("is read", () => {
    expect(parseDrift(JSON.stringify([row], null, 2), "d.json")).toEqual([row]);
    expect(parseDrift("[]", "d.json")).toEqual([]);
  });

  test.each([
    "",
    "> serf-cluster@0.1.0 drift\n[]",
    "{}",
    "null",
    "[null]",
    '[{"what":"a","declared":"b","found":"c"}]',
    '[{"what":"a","declared":"b","found":3,"side":"engine"}]',
    '[{"what":"a","declared":"b","found":"c","side":"elsewhere"}]',
  ])("is refused when it is %j", (text) => {
    expect(() => parseDrift(text, "d.json")).toThrow(
      "d.json is not what `npm run --silent drift -- --stack NAME --json` prints",
    );
  });

  test("is refused when something is not known", () => {
    const unknown = { what: "gossip key", declared: "on all 5 members", found: "unknown" };
    const text = JSON.stringify([row, { ...unknown, side: "membership" }]);
    expect(() => parseDrift(text, "d.json")).toThrow(
      "The state of gossip key is not known, so nobody knows what has drifted",
    );
  });
});

describe("the issue's text", () => {
  test("lists the differences", () => {
    expect(driftBody("dev", [row], "https://github.com/acme/serf/actions/runs/1"))
      .toBe(`<!-- serf-cluster: the drift of stack dev -->

Stack \`dev\` differs from what is declared in 1 place.

| what | declared | found | side |
| --- | --- | --- | --- |
| container serf-dev-seed | running | removed | engine |

\`npm run drift -- --stack dev\` lists the differences, \`npm start -- --stack dev\` removes them. This issue is updated while they change, and closed when they are gone.

Found by [this run](https://github.com/acme/serf/actions/runs/1).`);
  });

  test("has nothing that notifies or breaks the table", () => {
    const odd = { ...row, what: "container @octocat\n<b>|", found: "[x](y)" };
    const body = driftBody("dev", [odd]);
    expect(body).toContain(
      "| container @\u200boctocat <\u200bb>\\| | running | [x]\u200b(y) | engine |",
    );
  });

  test("fits, however many there are", () => {
    const rows = Array.from({ length: 3000 }, (_, index) => ({
      ...row,
      what: `container ${index}`,
    }));
    const body = driftBody("dev", rows, "https://example.com/1");
    expect(body.length).toBeLessThanOrEqual(mostCharacters);
    expect(body).toContain("in 3000 places");
    expect(body).toMatch(/… and 2[0-9]{3} more\./);
    const huge = driftBody("dev", [{ ...row, found: "x".repeat(100_000) }]);
    expect(huge).toContain("… and 1 more.");
  });
});

test("the same drift is found again by another run", () => {
  const one = driftBody("dev", [row], "https://example.com/1");
  const stored = `${driftBody("dev", [row], "https://example.com/2").replaceAll("\n", "\r\n")}\r\n`;
  expect(isSameDrift(stored, one)).toBe(true);
  expect(isSameDrift(driftBody("dev", [row]), one)).toBe(true);
  expect(isSameDrift(driftBody("dev", [row, row]), one)).toBe(false);
  expect(isSameDrift(driftBody("prod", [row]), one)).toBe(false);
});

test.each([
  [true, undefined, "open"],
  [true, { state: "open", body: "as it is" }, "nothing"],
  [true, { state: "open", body: markerOf("dev") }, "update"],
  [true, { state: "closed", body: "as it is" }, "reopen"],
  [false, { state: "open", body: "as it is" }, "close"],
  [false, { state: "closed", body: "as it is" }, "nothing"],
  [false, undefined, "nothing"],
] as const)("drift %j and the issue %j: %s", (hasDrift, issue, action) => {
  expect(issueAction(hasDrift, issue, "as it is")).toBe(action);
});
