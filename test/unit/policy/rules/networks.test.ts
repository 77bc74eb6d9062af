import { expect, test } from "vitest";
import { broken, container, labelled } from "../../support/resources.ts";

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
