import { describe, expect, test } from "vitest";
import type { Member } from "../../../components/members.ts";
import { sealedGeneration, sealFile, sealOf } from "../../../components/seal.ts";
import {
  blank,
  describeEdits,
  hasSecrets,
  type Sight,
  strangersAmong,
} from "../../../components/sight.ts";
import { Standing } from "../../../components/standing.ts";

const member = (name: string, changes: Partial<Member> = {}): Member => ({
  name,
  address: "10.9.0.2",
  status: "alive",
  tags: {},
  ...changes,
});

const written = new Map([
  ["seed.json", "{}"],
  ["keyring", '["key"]\n'],
  ["rpc-token", "token"],
]);
const files = new Map([...written, [sealFile, sealOf(written, "first")]]);

describe("a seal", () => {
  test("tells the generation of files that are as they were written", () => {
    expect(sealedGeneration(files)).toBe("first");
  });

  test.each<[string, Map<string, string>]>([
    ["one was changed", new Map([...files, ["seed.json", "{ }"]])],
    ["one was added", new Map([...files, ["x.json", ""]])],
    ["one was removed", new Map([...files].filter(([name]) => name !== "keyring"))],
    ["it is spoilt", new Map([...files, [sealFile, "x"]])],
    ["it is missing", written],
  ])("tells nothing where %s", (_, changed) => {
    expect(sealedGeneration(changed)).toBeUndefined();
  });
});

test("strangers are alive or have failed; who has left is of the past", () => {
  const members = [
    member("seed"),
    member("a"),
    member("b", { status: "failed" }),
    member("c", { status: "left" }),
  ];
  expect(strangersAmong(members, [member("seed")]).map(({ name }) => name)).toEqual(["a", "b"]);
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

test("edits are a clause for people", () => {
  const edits = [
    { what: "memory", made: "128 MiB", found: "64 MiB" },
    { what: "restart policy", made: "unless-stopped", found: "no" },
  ];
  expect(describeEdits(edits)).toBe(
    "memory is 64 MiB instead of 128 MiB; restart policy is no instead of unless-stopped",
  );
});

describe("Standing with a sight", () => {
  const labels = { "serf.generation": "old" };
  const containers = ["seed", "joiner"].map((name) => ({
    id: name,
    name,
    isRunning: true,
    labels,
    published: [],
  }));
  const inventory = {
    containers,
    foreign: { containers: [], volumes: [], images: [] },
    networks: [],
    images: [],
    volumes: [],
  };
  const whole: Sight = {
    ...blank,
    members: [member("seed"), member("joiner"), member("host")],
    files,
    host: { name: "host", generation: "third", faults: [] },
  };
  const standing = (changes: Partial<Sight>, stopped: string[] = []) =>
    new Standing(
      {
        ...inventory,
        containers: containers.map((one) => ({ ...one, isRunning: !stopped.includes(one.name) })),
      },
      "new",
      { ...whole, ...changes },
    );
  const expected = [member("seed"), member("joiner"), member("host"), member("to be made")];
  const edit = { what: "memory", made: "1", found: "2" };

  test("keeps what is whole", () => {
    expect(standing({}).ofCluster(expected).generation).toBe("first");
    expect(standing({}).ofContainer("seed")).toBe("old");
    expect(standing({}).ofHostProcess).toBe("third");
  });

  test("renews a container that is spoilt, and no other", () => {
    const spoilt = standing({ spoilt: new Map([["seed", [edit]]]) });
    expect(spoilt.ofContainer("seed")).toBe("new");
    expect(spoilt.ofContainer("joiner")).toBe("old");
  });

  test("renews the host's agent that is dead or spoilt", () => {
    expect(standing({ host: undefined }).ofHostProcess).toBe("new");
    const host = { name: "host", generation: "third", faults: [edit] };
    expect(standing({ host }).ofHostProcess).toBe("new");
  });

  test.each<[string, Partial<Sight>]>([
    ["a stranger lives in it", { members: [...whole.members!, member("x")] }],
    ["a ghost is left", { members: [...whole.members!, member("x", { status: "failed" })] }],
    [
      "a member that runs has failed",
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
    ["nobody answers", { members: undefined }],
    ["a file was changed", { files: new Map([...files, ["seed.json", "x"]]) }],
    ["the files cannot be read", { files: undefined }],
  ])("renews the cluster where %s", (_, changes) => {
    expect(standing(changes).ofCluster(expected).generation).toBe("new");
  });

  test("does not renew it for who is made anew anyway", () => {
    const members = [member("seed"), member("joiner", { status: "left" }), member("host")];
    expect(standing({ members }, ["joiner"]).ofCluster(expected).generation).toBe("first");
  });
});
