import { emptyInventory } from "../../support/inventory.ts";
import { describe, expect, test } from "vitest";
import { sealedGeneration, sealFile, sealOf } from "../../../../lib/agents/seal.ts";
import type { Member } from "../../../../lib/cluster/members.ts";
import { unexpectedAmong } from "../../../../lib/membership/judge.ts";
import { EngineState } from "../../../../lib/drift/engineState.ts";
import {
  nothingObserved,
  describeEdits,
  hasSecrets,
  type Observation,
} from "../../../../lib/drift/observation.ts";
import { recordedIn, type RecordedState } from "../../../../lib/drift/recorded.ts";

const member = (name: string, changes: Partial<Member> = {}): Member => ({
  name,
  address: "10.9.0.2",
  status: "alive",
  tags: {},
  ...changes,
});

const own = { members: ["seed.json", "keyring", "rpc-token"], joiners: ["web.json"] } as const;
const written = new Map([
  ["seed.json", "{}"],
  ["keyring", '["key"]\n'],
  ["rpc-token", "token"],
  ["web.json", "{}"],
]);
/** The files with the seals of both parts, each with a generation. */
const sealed = (members: string, joiners: string) =>
  new Map([
    ...written,
    [sealFile("members"), sealOf(written, own.members, members)],
    [sealFile("joiners"), sealOf(written, own.joiners, joiners)],
  ]);
const files = sealed("1", "1");

describe("the seals of both parts", () => {
  test("give the generation of files that are unchanged", () => {
    expect(sealedGeneration(files)).toBe("1");
  });

  test("give it even with files of a group that was removed from the configuration", () => {
    expect(sealedGeneration(new Map([...files, ["former.json", "{}"]]))).toBe("1");
  });

  const without = (name: string) => new Map([...files].filter(([other]) => other !== name));
  test.each<[string, Map<string, string>]>([
    ["a file of the seed's was changed", new Map([...files, ["seed.json", "{ }"]])],
    ["a file of the joiners' was changed", new Map([...files, ["web.json", "{ }"]])],
    ["one was removed", without("keyring")],
    ["one is drifted", new Map([...files, [sealFile("members"), "x"]])],
    ["one is no seal", new Map([...files, [sealFile("joiners"), "null"]])],
    ["the seed's is missing", without(sealFile("members"))],
    ["the joiners' is missing", without(sealFile("joiners"))],
    ["one part was written later than the other", sealed("2", "1")],
    ["they are missing", written],
  ])("give none when %s", (_, changed) => {
    expect(sealedGeneration(changed)).toBeUndefined();
  });
});

test("unexpected members are alive or failed; members that left do not count", () => {
  const members = [
    member("seed"),
    member("a"),
    member("b", { status: "failed" }),
    member("c", { status: "left" }),
  ];
  expect(unexpectedAmong(members, [member("seed")]).map(({ name }) => name)).toEqual(["a", "b"]);
});

test.each<[boolean, readonly string[], Map<string, string> | undefined]>([
  [true, ["key"], files],
  [true, [], undefined],
  [false, ["other"], files],
  [false, ["key", "other"], files],
  [false, ["key"], new Map([...files, ["keyring", '["other"]\n']])],
  [false, ["key"], new Map([...files, ["rpc-token", "other"]])],
])("hasSecrets is %s for keys %j", (expected, keys, found) => {
  expect(hasSecrets({ keys, files: found }, "key", "token")).toBe(expected);
});

test("edits are formatted as a readable clause", () => {
  const edits = [
    { what: "memory", made: "128 MiB", found: "64 MiB" },
    { what: "restart policy", made: "always", found: "no" },
  ];
  expect(describeEdits(edits)).toBe(
    "memory is 64 MiB instead of 128 MiB; restart policy is no instead of always",
  );
});

describe("what members share", () => {
  const labels = { "serf.generation": "3" };
  const containers = ["seed", "joiner"].map((name) => ({
    ...{ id: name, name, isRunning: true, labels, published: [] },
  }));
  const inventory = { ...emptyInventory, containers };
  const recorded: RecordedState = {
    ...recordedIn({}),
    containers: new Map(["seed", "joiner"].map((name) => [name, "3"])),
    hostProcess: "2",
    processLimits: "4",
    cluster: "1",
  };
  const whole: Observation = {
    ...nothingObserved,
    members: [member("seed"), member("joiner"), member("host")],
    files,
    host: { name: "host", generation: "2", faults: [] },
  };
  const engineState = (changes: Partial<Observation>, stopped: string[] = []) =>
    new EngineState(recorded, {
      inventory: {
        ...inventory,
        containers: containers.map((one) => ({ ...one, isRunning: !stopped.includes(one.name) })),
      },
      observation: { ...whole, ...changes },
    });
  const expected = [member("seed"), member("joiner"), member("host"), member("to be made")];
  const edit = { what: "memory", made: "1", found: "2" };

  test("a missing process limit is set again without a new container", () => {
    const limit = { what: "processes", made: "128", found: "any number" };
    const limited = (...edits: (typeof edit)[]) =>
      engineState({ drifted: new Map([["seed", edits]]) });
    expect(limited(limit).ofContainer("seed")).toBe("3");
    expect(limited(limit).ofProcessLimits).toBe("5");
    expect(limited(limit, edit).ofContainer("seed")).toBe("4");
    expect(limited(edit).ofProcessLimits).toBe("4");
  });

  test("keeps its generation while nothing has drifted", () => {
    expect(engineState({}).ofCluster(expected)).toEqual({
      ...{ generation: "1", fresh: "2", keys: [], files },
    });
  });

  test.each<[string, Partial<Observation>]>([
    ["there is an unexpected member", { members: [...whole.members!, member("x")] }],
    [
      "there is an unexpected failed member",
      { members: [...whole.members!, member("x", { status: "failed" })] },
    ],
    [
      "a running member is seen as failed",
      {
        members: [member("seed"), member("joiner", { status: "failed" }), member("host")],
      },
    ],
    [
      "a member has other tags",
      {
        members: [member("seed"), member("joiner", { tags: { x: "y" } }), member("host")],
      },
    ],
    ["no agent answers", { members: undefined }],
    ["a file was changed", { files: new Map([...files, ["seed.json", "x"]]) }],
    ["one part of the files is older", { files: sealed("2", "1") }],
    ["all files are of another generation", { files: sealed("2", "2") }],
    ["the files cannot be read", { files: undefined }],
  ])("gets the next one when %s", (_, changes) => {
    expect(engineState(changes).ofCluster(expected).generation).toBe("2");
  });

  test("keeps it when a member is down that is recreated anyway", () => {
    const members = [member("seed"), member("joiner", { status: "left" }), member("host")];
    expect(engineState({ members }, ["joiner"]).ofCluster(expected).generation).toBe("1");
    const drifted = new Map([["joiner", [edit]]]);
    expect(engineState({ members, drifted }).ofCluster(expected).generation).toBe("1");
  });
});
