import { describe, expect, test } from "vitest";
import { parseSettings } from "../../../../../lib/settings/settings.ts";
import { faultsOf, place } from "../../../support/settings.ts";

describe("groups", () => {
  const groupsOf = (groups: object, more: Record<string, string> = {}) =>
    parseSettings({ groups: JSON.stringify(groups), ...more }, place).groups;
  const fault = (groups: object, more: Record<string, string> = {}) =>
    faultsOf({ groups: JSON.stringify(groups), ...more }).join("\n");

  test("are in addition to joiners without a group, whose default is 3 only without groups", () => {
    const plain = { name: "joiner", count: 0, tags: {}, image: {}, on: {} };
    expect(groupsOf({})).toEqual([{ ...plain, count: 3 }]);
    expect(groupsOf({ web: 2 })).toEqual([plain, { ...plain, name: "web", count: 2 }]);
    expect(groupsOf({ web: 2 }, { joiners: "1" })[0]).toEqual({ ...plain, count: 1 });
  });

  test("have their own count, tags and image", () => {
    const db = { count: 1, tags: { rack: "7" }, serfVersion: "0.10.4" };
    expect(groupsOf({ db })[1]).toEqual({
      name: "db",
      count: 1,
      tags: { rack: "7" },
      image: { serfVersion: "0.10.4" },
      on: {},
    });
  });

  test.each<[string, object]>([
    [`groups has the name "seed", allowed are lower-case letters`, { seed: 1 }],
    [`groups has the name "Web", allowed are lower-case letters`, { Web: 1 }],
    [
      `groups has the name "joiner", which is reserved for the group of the setting joiners; rename it`,
      { joiner: 1 },
    ],
    [`groups.web.count is -1, allowed is a whole number from 0 to 1000`, { web: -1 }],
    [`groups.web.count is "two", allowed is a whole number`, { web: { count: "two" } }],
    [`groups.web.count is not set, allowed is a whole number`, { web: {} }],
    [
      `groups.web.tags has the name "role", allowed are letters`,
      { web: { count: 1, tags: { role: "x" } } },
    ],
    [
      `groups.web.tags.rack is 7, which is not a string, and YAML may have changed its spelling; quote it`,
      { web: { count: 1, tags: { rack: 7 } } },
    ],
    [`groups.web.tags is "a", allowed is a map from names`, { web: { count: 1, tags: "a" } }],
    [`groups.web.on is "ssd", allowed is a map from names`, { web: { count: 1, on: "ssd" } }],
    [`groups.web.on is {"a=b":"c"}, allowed is`, { web: { count: 1, on: { "a=b": "c" } } }],
    [`groups.web.on is {"disk":"a b"}, allowed is`, { web: { count: 1, on: { disk: "a b" } } }],
    [`groups.web.on.rack is 7, which is not a string`, { web: { count: 1, on: { rack: 7 } } }],
    [
      `groups.web.on is {"disk":"ssd"}, but swarm is off, and one engine has no nodes to choose from`,
      { web: { count: 1, on: { disk: "ssd" } } },
    ],
    [`groups.web.size is not a setting; the settings are count,`, { web: { count: 1, size: 2 } }],
    [`groups.web.serfVersion is "1", allowed is one of`, { web: { count: 1, serfVersion: "1" } }],
    [`joiners and groups have 1200 joiners, allowed are 1000 in total`, { a: 600, b: 600 }],
    [`joiners and groups have 222, but subnet 172.30.0.0/24 has room for 221`, { a: 220, b: 2 }],
  ])("%s", (expected, groups) => {
    expect(fault(groups)).toContain(expected);
  });

  test("share Serf's 512 bytes for tags with those of every member", () => {
    const tags = JSON.stringify({ a: "x".repeat(300) });
    const web = (length: number) => ({ web: { count: 1, tags: { b: "y".repeat(length) } } });
    expect(fault(web(100), { tags })).toBe("");
    expect(fault(web(200), { tags })).toMatch(
      /groups\.web\.tags and tags take together 5\d\d bytes/,
    );
  });
});
