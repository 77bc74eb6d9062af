import { expect, test } from "vitest";
import { broken, container, service } from "../../support/resources.ts";

const device = {
  type: "volume",
  volumeOptions: { driverOptions: { type: "none", o: "bind", device: "/etc" } },
};

test.each<[string, Readonly<Record<string, unknown>>]>([
  [
    'volumes.hostPath is "/var/run/docker.sock", allowed is volumes.volumeName.',
    { volumes: [{ hostPath: "/var/run/docker.sock", containerPath: "/run/docker.sock" }] },
  ],
  [
    'mounts.source is "/etc", allowed is type volume or tmpfs.',
    { mounts: [{ type: "bind", source: "/etc", target: "/host" }] },
  ],
  [
    'mounts.volumeOptions.driverOptions.device is "/etc", allowed is no path of a host.',
    { mounts: [device] },
  ],
])("of a container, %s", (violation, inputs) => {
  expect(broken(container(inputs))).toEqual([`no-host-folders: ${violation}`]);
});

test.each<[string, object]>([
  ['source is "/etc", allowed is type volume or tmpfs.', { type: "bind", source: "/etc" }],
  ['volumeOptions.driverOptions.device is "/etc", allowed is no path of a host.', device],
])("of a service, %s", (violation, mount) => {
  expect(broken(service({ spec: { mounts: [mount] } }))).toEqual([
    `no-host-folders: taskSpec.containerSpec.mounts.${violation}`,
  ]);
});

test("volumes are no folders of the host", () => {
  const driverOptions = { type: "nfs", device: ":/shared" };
  const mounts = [
    { type: "volume", source: "one", target: "/x", volumeOptions: { driverOptions } },
  ];
  expect(broken(container({ mounts }))).toEqual([]);
  expect(broken(service({ spec: { mounts } }))).toEqual([]);
});
