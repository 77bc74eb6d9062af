import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { parseSettings, SettingsError } from "../../../../lib/settings/settings.ts";

const handlerFiles = [{ name: "load", isExecutable: true }];
const place = { stack: "test", platform: "linux", handlerFiles } as const;

function faultsOf(values: Record<string, string>, where: typeof place | object = {}): string[] {
  try {
    parseSettings(values, { ...place, ...where });
  } catch (error) {
    if (error instanceof SettingsError) return [...error.faults];
    throw error;
  }
  return [];
}

test("an empty configuration has the documented defaults", () => {
  expect(parseSettings({}, place)).toMatchObject({
    joiners: 3,
    subnet: { cidr: "172.30.0.0/24" },
    gossipPort: 7946,
    publishAddress: "127.0.0.1",
    hostAgent: true,
    rpcPort: 7373,
    convergenceTimeout: 60,
    profile: "lan",
    serfVersion: "0.11.0",
    tags: {},
    builderImage: undefined,
    runtimeImage: undefined,
  });
});

test.each([
  ["joiners", "-1", "a whole number from 0 to 1000"],
  ["joiners", "2.5", "a whole number from 0 to 1000"],
  ["joiners", "many", "a whole number from 0 to 1000"],
  ["joiners", "1001", "a whole number from 0 to 1000"],
  ["joiners", "1e3", "a whole number from 0 to 1000"],
  ["convergenceTimeout", "0", "a whole number from 1 to 3600"],
  ["gossipPort", "65536", "a whole number from 1 to 65535, or auto"],
  ["gossipPort", "random", "a whole number from 1 to 65535, or auto"],
  ["join", "link", "one of ip, dns, gateway"],
  ["profile", "WAN", "one of lan, wan, local"],
  ["hostAgentIn", "vm", "one of auto, process, container"],
  [
    "dockerHost",
    "http://there:2375",
    "unix:///PATH, tcp://HOST[:PORT] or ssh://[USER@]HOST[:PORT]",
  ],
  ["dockerHost", "/var/run/docker.sock", "unix:///PATH, tcp://HOST[:PORT] or ssh://"],
  ["dockerHost", "ssh://-oProxyCommand=x", "unix:///PATH, tcp://HOST[:PORT] or ssh://"],
  ["hostAgentPort", "80", "a whole number from 1024 to 65535"],
  ["groups", "[]", "a map"],
  ["events", "{}", "a list"],
  ["handlers", "[]", "a map from files in docker/handlers to events"],
  ["rpcPort", "0", "a whole number from 1 to 65535"],
  ["hostAgent", "yes", "true or false"],
  ["serfVersion", "0.9.4", "one of 0.11.0, 0.10.4"],
  ["serfVersion", "toString", "one of 0.11.0, 0.10.4"],
  ["publishAddress", "localhost", "an IPv4 address of the host"],
  ["subnet", "172.30.0.1/24", "a private IPv4 network in CIDR notation"],
  ["subnet", "8.8.8.0/24", "a private IPv4 network in CIDR notation"],
  ["tags", "[]", "a map"],
  ["runtimeImage", "-x", "an image reference"],
  ["keyRotation", "-1", "a whole number from 0 to 1000000"],
  ["requireGossipKey", "1", "true or false"],
  ["protect", "yes", "true or false"],
  ["retainData", "no", "true or false"],
  ["tuneKernel", "on", "true or false"],
  ["maxUnavailable", "0", "a whole number from 1 to 1000, or all"],
  ["maxUnavailable", "25%", "a whole number from 1 to 1000, or all"],
])("%s = %j is refused with what is allowed", (key, value, allowed) => {
  const [fault, ...others] = faultsOf({ [key]: value });
  expect(fault).toContain(`${key} is ${JSON.stringify(value)}, allowed is ${allowed}`);
  expect(others).toEqual([]);
});

test("maxUnavailable is a number or all", () => {
  expect(parseSettings({}, place).maxUnavailable).toBeUndefined();
  expect(parseSettings({ maxUnavailable: "all" }, place).maxUnavailable).toBeUndefined();
  expect(parseSettings({ maxUnavailable: "2" }, place).maxUnavailable).toBe(2);
});

test("limits have defaults, bounds and known names", () => {
  expect(parseSettings({}, place).limits).toEqual({ memory: 128, cpus: 1 });
  expect(parseSettings({ limits: '{"memory":64,"cpus":0.5}' }, place).limits).toEqual({
    memory: 64,
    cpus: 0.5,
  });
  expect(faultsOf({ limits: '{"memory":16,"cpus":"half","disk":1}' })).toEqual([
    'limits.memory is "16", allowed is a whole number from 32 to 65536',
    'limits.cpus is "half", allowed is a number from 0.1 to 64',
    "limits.disk is not a setting; the settings are memory, cpus",
  ]);
});

describe("the gossip key", () => {
  const key = Buffer.alloc(32, 7).toString("base64");

  test("is accepted when it is encrypted", () => {
    expect(parseSettings({ gossipKey: key }, place).gossipKey).toBe(key);
  });

  test.each([
    [{ gossipKey: "no key" }, "gossipKey is not base64, allowed is base64 of 16, 24 or 32 bytes"],
    [{ gossipKey: "c2hvcnQ=" }, "gossipKey has 5 bytes, allowed is base64 of 16, 24 or 32 bytes"],
    [{ gossipKey: key, keyRotation: "2" }, "keyRotation is 2, but gossipKey is set"],
    [
      { requireGossipKey: "true" },
      "pulumi config set --secret gossipKey $(openssl rand -base64 32)",
    ],
  ])("%j is refused", (values, fault) => {
    const [first, ...others] = faultsOf(values);
    expect(first).toContain(fault);
    expect(others).toEqual([]);
  });

  test("is refused in plain text, and never printed", () => {
    const [fault, ...others] = faultsOf({ gossipKey: key }, { isSecret: () => false });
    expect(fault).toContain("gossipKey is in plain text");
    expect(fault).not.toContain(key);
    expect(others).toEqual([]);
  });
});

test("the kernel of another machine is not tuned", () => {
  const elsewhere = { dockerHost: "ssh://there" };
  expect(faultsOf({ tuneKernel: "true", ...elsewhere })).toHaveLength(1);
  expect(faultsOf({ tuneKernel: "true" })).toEqual([]);
});

test.each<[object, Record<string, string>, string]>([
  [{}, {}, "process"],
  [{ platform: "darwin" }, {}, "container"],
  [{ engine: { host: "unix:///run/other.sock" } }, {}, "process"],
  [{ engine: { host: "ssh://there" } }, {}, "container"],
  [{ engine: { host: "ssh://there" } }, { dockerHost: "unix:///run/docker.sock" }, "process"],
  [{}, { dockerHost: "tcp://there:2376" }, "container"],
  [{}, { hostAgentIn: "container" }, "container"],
])("the host's agent on %j with %j is a %s", (where, values, expected) => {
  expect(parseSettings(values, { ...place, ...where }).hostAgentIn).toBe(expected);
});

test.each(["auto", "0"])("gossipPort %s lets Docker choose", (value) => {
  expect(parseSettings({ gossipPort: value }, place).gossipPort).toBe(0);
});

describe("groups", () => {
  const groupsOf = (groups: object, more: Record<string, string> = {}) =>
    parseSettings({ groups: JSON.stringify(groups), ...more }, place).groups;
  const fault = (groups: object, more: Record<string, string> = {}) =>
    faultsOf({ groups: JSON.stringify(groups), ...more }).join("\n");

  test("are in addition to joiners without a group, whose default is 3 only without groups", () => {
    const plain = { name: "joiner", count: 0, tags: {}, image: {} };
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

describe("events", () => {
  const eventsOf = (events: unknown[]) => ({ events: JSON.stringify(events) });

  test("have a name and an optional payload", () => {
    const events = [{ name: "reload" }, { name: "deploy", payload: "1", coalesce: true }];
    expect(parseSettings(eventsOf(events), place).events).toEqual([
      { name: "reload", payload: "", coalesce: false },
      { name: "deploy", payload: "1", coalesce: true },
    ]);
  });

  test.each<[unknown, RegExp]>([
    [1, /^events\[0\] is 1, allowed is a map with the strings name/],
    [{ payload: "x" }, /^events\[0\]\.name has no value; set one/],
    [
      { name: "a", payload: 1.1 },
      /^events\[0\]\.payload is 1\.1, which is not a string, .*; quote it/,
    ],
    [{ name: true }, /^events\[0\]\.name is true, which is not a string, .*; quote it/],
    [{ name: "a", coalesce: "yes" }, /^events\[0\]\.coalesce is "yes", allowed is true or false/],
    [{ name: "a", to: "b" }, /^events\[0\]\.to is not a setting of an event/],
    [
      { name: "a", payload: "x".repeat(600) },
      /^events\[0\]: The event takes 639 bytes, Serf allows 512/,
    ],
    [{ name: "" }, /^events\[0\]: /],
  ])("%j is refused", (event, fault) => {
    const faults = faultsOf(eventsOf([event]));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(fault);
  });
});

test("all errors are reported at once", () => {
  const faults = faultsOf({ joiners: "-1", hostAgent: "maybe", colour: "red" });
  expect(faults).toHaveLength(3);
  expect(new SettingsError(faults).message).toMatch(
    /^The configuration has 3 faults:\n {2}- joiners/,
  );
});

test("an unknown key is refused with the known keys", () => {
  expect(faultsOf({ joinerz: "3" })[0]).toMatch(
    /^joinerz is not a setting; the settings are joiners, /,
  );
});

test("a stack's name that Serf or Docker would refuse is refused", () => {
  expect(faultsOf({}, { stack: "Dev_1" })[0]).toContain(`the stack's name is "Dev_1"`);
  expect(faultsOf({}, { stack: "a".repeat(41) })).toHaveLength(1);
});

describe("settings that contradict each other", () => {
  test("too many joiners for the subnet, with a subnet that is large enough", () => {
    expect(faultsOf({ joiners: "300" })[0]).toMatch(
      /joiners is 300, but subnet 172\.30\.0\.0\/24 has room for 221; choose a subnet of \/23 or larger/,
    );
    expect(faultsOf({ joiners: "1000", subnet: "172.28.0.0/21" })).toEqual([]);
  });

  test("a process where none can be started, with the reason", () => {
    const process = { hostAgentIn: "process" };
    expect(faultsOf(process)).toEqual([]);
    expect(faultsOf(process, { platform: "darwin" })[0]).toMatch(
      /hostAgentIn is process, but on darwin .*; run `pulumi config set hostAgentIn auto`/,
    );
    expect(faultsOf({ ...process, dockerHost: "ssh://me@there" })[0]).toMatch(
      /hostAgentIn is process, but the engine is at ssh:\/\/me@there, where no process can/,
    );
    expect(faultsOf(process, { engine: { host: "tcp://there:2376" } })).toHaveLength(1);
    expect(faultsOf(process, { elsewhere: "runs on another host" })[0]).toMatch(
      /hostAgentIn is process, but the engine at unix:\S+ runs on another host, where no process can/,
    );
  });

  test("tuneKernel for an engine on another host", () => {
    const tune = { tuneKernel: "true" };
    expect(faultsOf(tune)).toEqual([]);
    expect(faultsOf(tune, { elsewhere: "runs on another host" })[0]).toContain(
      "tuneKernel is true",
    );
  });

  test("the seed's port on all addresses, and the same port of the host's agent", () => {
    const all = { publishAddress: "0.0.0.0" };
    expect(faultsOf(all)[0]).toMatch(
      /^gossipPort and hostAgentPort are both 7946, but publishAddress is 0\.0\.0\.0, .*hostAgentPort 7947`$/,
    );
    expect(faultsOf({ publishAddress: "172.30.0.1" })).toHaveLength(1);
    expect(faultsOf({ ...all, hostAgentPort: "7947" })).toEqual([]);
    expect(faultsOf({ ...all, hostAgent: "false" })).toEqual([]);
    expect(faultsOf({ ...all, gossipPort: "auto" })).toEqual([]);
  });

  test("a port that the agents' user cannot bind in a container", () => {
    expect(faultsOf({ rpcPort: "80", hostAgentIn: "container" })[0]).toContain(
      "rpcPort is 80, but",
    );
    expect(faultsOf({ rpcPort: "80" })).toEqual([]);
  });

  test("certificates for an engine that is not reached over TCP", () => {
    expect(faultsOf({ dockerCertPath: "/certs" })[0]).toMatch(
      /dockerCertPath is "\/certs", but dockerHost is "", and only a tcp:\/\/ engine/,
    );
    expect(faultsOf({ dockerCertPath: "/certs", dockerHost: "tcp://there:2376" })).toEqual([]);
  });

  test("join gateway without the host's agent", () => {
    expect(faultsOf({ join: "gateway", hostAgent: "false" })[0]).toMatch(
      /join is gateway, but hostAgent is false, .*; run `pulumi config set hostAgent true`/,
    );
  });

  test("two listeners on one port", () => {
    expect(faultsOf({ rpcPort: "7946" })[0]).toMatch(/rpcPort and gossipPort are both 7946/);
    expect(faultsOf({ rpcPort: "7946", hostAgent: "false" })).toEqual([]);
  });
});

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

test("values that all members know must not be secrets", () => {
  const isSecret = (key: string) => key === "tags";
  const [fault, ...others] = faultsOf({ tags: '{"a":"b"}' }, { isSecret });
  expect(fault).toMatch(/^tags has an encrypted value, .*; set it without --secret/);
  expect(others).toEqual([]);
});

test("a Serf release with a known vulnerability is refused with the reason", () => {
  expect(faultsOf({ serfVersion: "0.10.2" })).toEqual([
    'serfVersion is "0.10.2", allowed is one of 0.11.0, 0.10.4; 0.10.2 lacks the fix for security advisory ' +
      "HCSEC-2026-18, which 0.10.4 has",
  ]);
});

test("the defaults in Pulumi.yaml are the same as the program's", () => {
  const { config } = parse(readFileSync("Pulumi.yaml", "utf8")) as {
    config: Record<string, { default: unknown }>;
  };
  const declared = Object.entries(config).map(([key, { default: fallback }]) => [
    key,
    typeof fallback === "string" ? fallback : JSON.stringify(fallback),
  ]);
  const values = Object.fromEntries(declared) as Record<string, string>;
  expect(parseSettings(values, place)).toEqual(parseSettings({}, place));
});
