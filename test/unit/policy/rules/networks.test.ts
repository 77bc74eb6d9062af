import { expect, test } from "vitest";
import { unknownValue } from "../../../../policy/rules/rule.ts";
import { broken, container, labelled, service } from "../../support/resources.ts";

const port = (ip: string | undefined) => ({ ports: [{ internal: 7946, ip }] });

test.each(["0.0.0.0", "::", "", undefined])("a port on %j is open to everybody", (ip) => {
  const shown = ip === undefined ? "not set" : JSON.stringify(ip);
  expect(broken(container(port(ip)))).toEqual([
    `no-open-ports: ports.ip of port 7946 is ${shown}, allowed is one address, such as 127.0.0.1.`,
  ]);
});

test("publishAllPorts opens every port", () => {
  expect(broken(container({ publishAllPorts: true }))).toEqual([
    "no-open-ports: publishAllPorts is true, allowed is false.",
  ]);
});

test.each(["127.0.0.1", "172.20.20.10"])("a port on %s is not open to everybody", (ip) => {
  expect(broken(container(port(ip)))).toEqual([]);
});

test("only the host's agent is on its host's network", () => {
  expect(broken(container({ networkMode: "host" }))).toEqual([
    'host-namespaces: networkMode is "host", allowed is bridge, for any but the host\'s agent.',
  ]);
  const labels = labelled({ "serf.role": "host" });
  expect(broken(container({ networkMode: "host", labels }))).toEqual([]);
});

test.each(["pidMode", "ipcMode", "usernsMode"])("not even the host's agent has its %s", (mode) => {
  const labels = labelled({ "serf.role": "host" });
  expect(broken(container({ [mode]: "host", labels }))).toEqual([
    `host-namespaces: ${mode} is "host", allowed is the container's own.`,
  ]);
});

test.each(["ingress", "host"])("a service's port is open to everybody, in mode %s", (mode) => {
  const ports = [{ targetPort: 7946, publishedPort: 7946, publishMode: mode }];
  expect(broken(service({ endpointSpec: { ports } }))).toEqual([
    "no-open-ports: endpointSpec.ports is [7946], allowed is none, since Swarm publishes a port on all addresses of " +
      "its nodes.",
  ]);
});

test("a service without ports has no open ones; ports that are not known yet may be", () => {
  for (const endpointSpec of [undefined, {}, { ports: [] }]) {
    expect(broken(service({ endpointSpec }))).toEqual([]);
  }
  expect(broken(service({ endpointSpec: { ports: unknownValue } }))).toHaveLength(1);
});

test.each(["id", "name"])(
  "no service is on the hosts' network by its %s, not even that of their agents",
  (key) => {
    const labels = labelled({ "serf.role": "host" });
    const networksAdvanceds = [{ id: unknownValue }, { [key]: "host" }];
    expect(broken(service({ task: { networksAdvanceds }, spec: { labels } }))).toEqual([
      `host-namespaces: taskSpec.networksAdvanceds.${key} is "host", allowed is an overlay network.`,
    ]);
  },
);
