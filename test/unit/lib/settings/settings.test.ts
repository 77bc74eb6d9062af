import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { parseSettings, SettingsError } from "../../../../lib/settings/settings.ts";
import { faultsOf, place } from "../../support/settings.ts";

test("an empty configuration has the documented defaults", () => {
  expect(parseSettings({}, { ...place, recorded: {} })).toMatchObject({
    joiners: 3,
    subnet: { cidr: "10.83.129.0/24" },
    gossipPort: 23129,
    publishAddress: "127.0.0.1",
    hostAgent: true,
    rpcPort: 24129,
    owner: undefined,
    ttl: undefined,
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
  [
    "gossipPort",
    "65536",
    "a whole number from 1 to 65535, or auto for a free one from 23000 to 23255",
  ],
  ["gossipPort", "0", "a whole number from 1 to 65535, or auto"],
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
  ["rpcPort", "0", "a whole number from 1 to 65535, or auto for a free one from 24000 to 24255"],
  ["hostAgent", "yes", "true or false"],
  ["serfVersion", "0.9.4", "one of 0.11.0, 0.10.4"],
  ["serfVersion", "toString", "one of 0.11.0, 0.10.4"],
  ["publishAddress", "localhost", "an IPv4 address of the host"],
  ["subnet", "172.30.0.1/24", "a private IPv4 network in CIDR notation"],
  ["subnet", "8.8.8.0/24", "a private IPv4 network in CIDR notation"],
  [
    "subnet",
    "any",
    "a private IPv4 network in CIDR notation, from /16 to /28, for example 172.30.0.0/24, or auto for a free one in " +
      "10.83.0.0/16",
  ],
  ["owner", "a\nb", "at most 64 letters, digits, spaces and characters of . _ @ + -"],
  ["ttl", "8", "a whole number of minutes, hours or days, for example 90m, 8h or 3d"],
  ["ttl", "0h", "a whole number of minutes, hours or days"],
  ["ttl", "1.5d", "a whole number of minutes, hours or days"],
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

describe("automatic values", () => {
  test("are those of the state, and else chosen around the configured ones", () => {
    const automatic = { subnet: "auto", gossipPort: "auto", rpcPort: "auto" };
    expect(parseSettings(automatic, place)).toMatchObject({
      subnet: { cidr: "172.30.0.0/24" },
      gossipPort: 7946,
      rpcPort: 7373,
    });
    const fresh = { ...place, recorded: {} };
    expect(parseSettings({ rpcPort: "23129" }, fresh)).toMatchObject({
      gossipPort: 23130,
      rpcPort: 23129,
    });
    const taken = { subnets: ["10.83.128.0/23"], ports: new Set([23129, 23130, 24129]) };
    expect(parseSettings({}, { ...fresh, taken })).toMatchObject({
      subnet: { cidr: "10.83.130.0/24" },
      gossipPort: 23131,
      rpcPort: 24130,
    });
  });

  test("have room for all joiners of a new stack; the state's subnet stays", () => {
    const groups = '{"web":{"count":300}}';
    const { subnet } = parseSettings({ joiners: "600", groups }, { ...place, recorded: {} });
    expect(subnet.cidr).toBe("10.83.128.0/21");
    expect(faultsOf({ joiners: "300" })[0]).toContain(
      "joiners is 300, but subnet 172.30.0.0/24 has room for 221; choose a subnet of /23 or larger",
    );
  });
});

test("an owner may be a name in any language, and a ttl is kept as written", () => {
  expect(parseSettings({ owner: "Ánna Öz @ops", ttl: "90m" }, place)).toMatchObject({
    owner: "Ánna Öz @ops",
    ttl: "90m",
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
