import { describe, expect, test } from "vitest";
import { parseSettings } from "../../../../../lib/settings/settings.ts";
import { faultsOf, place } from "../../../support/settings.ts";

const two = [
  { name: "a", host: "tcp://10.0.0.1:2376", certPath: "/certs/a" },
  { name: "b", host: "ssh://me@10.0.0.2", labels: { disk: "ssd" } },
];
const values = (engines: unknown, more: Record<string, string> = {}) => ({
  engines: JSON.stringify(engines),
  registry: "registry.example/serf",
  ...more,
});

test("engines have a name, a host, certificates and labels", () => {
  expect(parseSettings(values(two), place).engines).toEqual([
    { ...two[0], labels: {} },
    { ...two[1] },
  ]);
});

test.each<[string, unknown]>([
  [`engines is "{}", allowed is a list`, {}],
  [`engines[0] is "a", allowed is a map`, ["a"]],
  [`engines[0].name is not set, allowed is lower-case`, [{ host: "tcp://a" }]],
  [`engines[0].name is "a-1", allowed is lower-case`, [{ name: "a-1", host: "tcp://a" }]],
  [`engines[0].host is not set, allowed is unix:///PATH`, [{ name: "a" }]],
  [`engines[0].host is "ftp://a", allowed is unix:///PATH`, [{ name: "a", host: "ftp://a" }]],
  [
    `engines[0].certPath is "/c", allowed is an absolute path, for a host that begins with tcp://`,
    [{ name: "a", host: "ssh://a", certPath: "/c" }],
  ],
  [`engines[0].port is not a setting of an engine`, [{ name: "a", host: "tcp://a", port: 1 }]],
  [
    `engines[0].labels.rack is 7, which is not a string`,
    [{ name: "a", host: "tcp://a", labels: { rack: 7 } }],
  ],
  [`engines has the name "a" twice`, [two[0], { ...two[1], name: "a" }]],
  [`engines has the host "tcp://10.0.0.1:2376" twice`, [two[0], { ...two[0], name: "c" }]],
])("%s", (expected, engines) => {
  expect(faultsOf(values(engines)).join("\n")).toContain(expected);
});

describe("with engines", () => {
  test.each<[string, Record<string, string>]>([
    [`registry is not set, from which the nodes pull the image`, { registry: "" }],
    [`gossipPort is "8000", but engines are set, and members reach`, { gossipPort: "8000" }],
    [`dockerHost is "tcp://x", but engines are set, and the first of`, { dockerHost: "tcp://x" }],
    [`join is gateway, but engines are set, and no host has an`, { join: "gateway" }],
    [`engines are set, and swarm is services, but members are either`, { swarm: "services" }],
    [
      `groups.web.on is {"disk":"tape"}, but none of the engines has these labels`,
      { groups: '{"web": {"count": 1, "on": {"disk": "tape"}}}' },
    ],
    [`has room for 9; choose a subnet of /27 or larger`, { subnet: "10.9.0.0/28", joiners: "10" }],
  ])("%s is refused", (expected, more) => {
    expect(faultsOf(values(two, more)).join("\n")).toContain(expected);
  });

  test("a group's labels and retained data are allowed", () => {
    const groups = '{"web": {"count": 1, "on": {"disk": "ssd"}}}';
    expect(faultsOf(values(two, { groups, retainData: "true", hostAgent: "false" }))).toEqual([]);
  });
});
