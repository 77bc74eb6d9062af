import { describe, expect, test } from "vitest";
import { parseSettings } from "../../../../../lib/settings/settings.ts";
import { faultsOf, place } from "../../../support/settings.ts";

describe("tags", () => {
  const tagFaults = (tags: object, more: Record<string, string> = {}) =>
    faultsOf({ tags: JSON.stringify(tags), ...more });

  test("are strings", () => {
    const tags = { rack: "a", version: "1.10", empty: "", "rack.row-2_b": "ä" };
    expect(parseSettings({ tags: JSON.stringify(tags) }, place).tags).toEqual(tags);
  });

  test.each<[unknown, string]>([
    [
      1.1,
      "tags.a is 1.1, which is not a string, and YAML may have changed its spelling; quote it in the stack's",
    ],
    [7, "or run `pulumi config set --path --type string tags.a TEXT`"],
    [
      true,
      "tags.a is true, which is not a string, and YAML may have changed its spelling; quote it",
    ],
    ["2026-11-26 00:00:00 +0000 UTC", "which Pulumi has made from an unquoted date; quote it"],
    [null, 'tags.a has no value; set one, or "" for an empty string'],
    [{ b: "c" }, 'tags.a is {"b":"c"}, allowed is a string'],
    [["b"], 'tags.a is ["b"], allowed is a string'],
    ["b\nc", 'tags.a is "b\\nc", allowed is a string without control characters'],
  ])("with the value %j are refused", (value, expected) => {
    const [fault, ...others] = tagFaults({ a: value });
    expect(fault).toContain(expected);
    expect(others).toEqual([]);
  });

  test.each(["role", "a b", "", "1.1", "7", "1e+59", "true", "NaN"])(
    "named %j are refused",
    (name) => {
      expect(tagFaults({ [name]: "x" })).toEqual([
        `tags has the name ${JSON.stringify(name)}, allowed are letters, digits, dots, dashes and underscores, ` +
          "but not a number; `role` is set by the project",
      ]);
    },
  );

  test("may have a name that is special in JavaScript", () => {
    const tags = '{"__proto__":"x","constructor":"y"}';
    expect(JSON.stringify(parseSettings({ tags }, place).tags)).toBe(tags);
  });

  test("may be named like versions and hashes", () => {
    expect(tagFaults({ v1: "", "1.2.3": "", "12ab": "", "1-2": "" })).toEqual([]);
  });

  test("are refused with every fault at once", () => {
    expect(tagFaults({ version: 1.1, sha: 1.234e59, zone: 7 })).toHaveLength(3);
  });

  // The longest tags with which an agent of Serf 0.11.0 starts, as seed and in a group.
  test.each([
    ["one short name", (rest: number) => ({ a: "x".repeat(rest) }), 495],
    ["a name of 31 bytes", (rest: number) => ({ ["n".repeat(31)]: "x".repeat(rest) }), 465],
    ["a name of 32 bytes", (rest: number) => ({ ["n".repeat(32)]: "x".repeat(rest) }), 462],
    ["a name of 33 bytes", (rest: number) => ({ ["n".repeat(33)]: "x".repeat(rest) }), 461],
  ])("with %s are counted as Serf counts them", (_, tagsOf, longest) => {
    const alone = { joiners: "0" };
    expect(tagFaults(tagsOf(longest), alone)).toEqual([]);
    expect(tagFaults(tagsOf(longest + 1), alone)).toEqual([
      "tags take 513 bytes in Serf's encoding, with role=seed, allowed are 512; shorten them",
    ]);
  });

  test("are counted with the role of each kind of member", () => {
    const tags = { a: "x".repeat(495) };
    expect(tagFaults(tags)).toEqual([
      "tags take 514 bytes in Serf's encoding, with role=joiner, allowed are 512; shorten them",
    ]);
    const groups = JSON.stringify({ ab: 1, canary: { count: 1, tags: { b: "" } }, none: 0 });
    expect(tagFaults(tags, { groups })).toEqual([
      "groups.canary.tags and tags take together 517 bytes in Serf's encoding, with role=canary, " +
        "allowed are 512; shorten them",
    ]);
  });
});
