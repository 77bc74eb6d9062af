import { expect, test } from "vitest";
import { broken, container } from "../../support/resources.ts";
import { unknownValue } from "../../../../policy/rules/rule.ts";

test("a hardened container breaks no rule", () => {
  expect(broken(container())).toEqual([]);
  expect(broken(container({ privileged: false, cpuQuota: undefined, cpus: "0.5" }))).toEqual([]);
});

test.each<[string, Readonly<Record<string, unknown>>]>([
  ["not-privileged: privileged is true, allowed is false.", { privileged: true }],
  ["read-only-root: readOnly is false, allowed is true.", { readOnly: false }],
  ["read-only-root: readOnly is not set, allowed is true.", { readOnly: undefined }],
  [
    "read-only-root: readOnly is not known before the change, allowed is true.",
    { readOnly: unknownValue },
  ],
  [
    'no-capabilities: capabilities.drops is ["CHOWN"], allowed is ["ALL"].',
    { capabilities: { drops: ["CHOWN"] } },
  ],
  [
    'no-capabilities: capabilities.drops is not set, allowed is ["ALL"].',
    { capabilities: undefined },
  ],
  [
    'no-capabilities: capabilities.adds is ["NET_ADMIN"], allowed is none.',
    { capabilities: { drops: ["ALL"], adds: ["NET_ADMIN"] } },
  ],
  [
    'no-new-privileges: securityOpts is not set, allowed is ["no-new-privileges=true"].',
    { securityOpts: undefined },
  ],
  [
    'no-new-privileges: securityOpts is ["no-new-privileges=false"], allowed is ["no-new-privileges=true"].',
    { securityOpts: ["no-new-privileges=false"] },
  ],
  [
    'no-new-privileges: securityOpts is ["seccomp=unconfined"], allowed is a profile, or Docker\'s own.',
    { securityOpts: ["no-new-privileges", "seccomp=unconfined"] },
  ],
  ["limits: memory is not set, allowed is a number of MiB.", { memory: undefined }],
  ["limits: memory is 0, allowed is a number of MiB.", { memory: 0 }],
  ["limits: memorySwap is -1, allowed is that of memory.", { memorySwap: -1 }],
  [
    "limits: cpuQuota is not set, allowed is a time in each cpuPeriod, or set cpus.",
    { cpuQuota: undefined },
  ],
  [
    'no-host-folders: volumes.hostPath is "/var/run/docker.sock", allowed is volumes.volumeName.',
    { volumes: [{ hostPath: "/var/run/docker.sock", containerPath: "/run/docker.sock" }] },
  ],
  [
    'no-host-folders: mounts.source is "/etc", allowed is type volume or tmpfs.',
    { mounts: [{ type: "bind", source: "/etc", target: "/host" }] },
  ],
])("%s", (violation, inputs) => {
  expect(broken(container(inputs))).toEqual([violation]);
});
