import { expect, test } from "vitest";
import { hostAgentType, unknownValue } from "../../../../policy/rules/rule.ts";
import { memberLimit, neighbourTable } from "../../../../policy/rules/size.ts";
import { container, labelled, resource, service } from "../../support/resources.ts";

/** A stack with the host's agent as a process and others in containers. */
function members(count: number) {
  const host = resource(hostAgentType, "host");
  const writer = container({ labels: labelled() }, { urn: "writer" });
  return [host, writer, ...Array.from({ length: count - 1 }, () => container())];
}

test("as many members as allowed, in containers and as a process", () => {
  expect(memberLimit.check(members(5), { maxMembers: 5 })).toEqual([]);
  expect(memberLimit.check(members(6), { maxMembers: 5 })).toEqual([
    { message: "The stack has 6 members, allowed are 5." },
  ]);
});

test("by default as many as the settings allow", () => {
  expect(memberLimit.check(members(1002), {})).toEqual([]);
  expect(memberLimit.check(members(1003), {})).toHaveLength(1);
});

test("by default as many as the kernel's own neighbour table carries", () => {
  expect(neighbourTable.check(members(32), {})).toEqual([]);
  const [violation] = neighbourTable.check(members(33), {});
  expect(violation!.message).toContain(
    "33 members, which need 1056 entries, but the table has 1024",
  );
});

test("a larger table carries more, whether the stack or somebody else enlarges it", () => {
  expect(neighbourTable.check(members(33), { entries: 2048 })).toEqual([]);
  const table = resource("serf:cluster:NeighbourTable", "table", { entries: 1056 });
  expect(neighbourTable.check([...members(33), table], {})).toEqual([]);
  expect(neighbourTable.check([...members(34), table], {})).toHaveLength(1);
});

test("a service has as many members as replicas, one if that is not known", () => {
  const modes = [
    { replicated: { replicas: 3 } },
    { replicated: { replicas: unknownValue } },
    { replicated: {} },
    { global: true },
    undefined,
  ];
  const services = modes.map((mode) => service({ mode }));
  expect(memberLimit.check(services, { maxMembers: 7 })).toEqual([]);
  expect(memberLimit.check(services, { maxMembers: 6 })).toEqual([
    { message: "The stack has 7 members, allowed are 6." },
  ]);
});

test("the neighbour tables of the nodes of a Swarm are not judged", () => {
  const one = service({ mode: { replicated: { replicas: 1000 } } });
  expect(neighbourTable.check([one], {})).toEqual([]);
});
