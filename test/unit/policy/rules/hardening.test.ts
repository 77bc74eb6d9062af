import { expect, test } from "vitest";
import { broken, container, service } from "../../support/resources.ts";
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
])("%s", (violation, inputs) => {
  expect(broken(container(inputs))).toEqual([violation]);
});

test("a hardened service breaks no rule", () => {
  expect(broken(service())).toEqual([]);
  expect(broken(service({ spec: { privileges: { seLinuxContext: { disable: false } } } }))).toEqual(
    [],
  );
});

test.each<[string, Parameters<typeof service>[0]]>([
  [
    "read-only-root: taskSpec.containerSpec.readOnly is false, allowed is true.",
    { spec: { readOnly: false } },
  ],
  [
    "read-only-root: taskSpec.containerSpec.readOnly is not set, allowed is true.",
    { spec: { readOnly: undefined } },
  ],
  [
    'no-capabilities: taskSpec.containerSpec.capDrops is not set, allowed is ["ALL"].',
    { spec: { capDrops: undefined } },
  ],
  [
    'no-capabilities: taskSpec.containerSpec.capAdds is ["CAP_NET_ADMIN"], allowed is none.',
    { spec: { capAdds: ["CAP_NET_ADMIN"] } },
  ],
  [
    "no-new-privileges: taskSpec.containerSpec.privileges.seLinuxContext.disable is true, allowed is false.",
    { spec: { privileges: { seLinuxContext: { disable: true } } } },
  ],
  [
    "limits: taskSpec.resources.limits.memoryBytes is not set, allowed is a number of bytes.",
    { task: { resources: { limits: { nanoCpus: 1e9 } } } },
  ],
  [
    "limits: taskSpec.resources.limits.nanoCpus is 0, allowed is a number, 1000000000 for one processor.",
    { task: { resources: { limits: { memoryBytes: 2 ** 27, nanoCpus: 0 } } } },
  ],
])("%s", (violation, inputs) => {
  expect(broken(service(inputs))).toEqual([violation]);
});

test("a service without limits has none of both", () => {
  expect(broken(service({ task: { resources: undefined } }))).toHaveLength(2);
});
