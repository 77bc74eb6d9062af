import { expect, test } from "vitest";
import { PlanOutput } from "../../../../../cli/support/plan/violation.ts";

const urn = "urn:pulumi:dev::serf::serf:cluster:Joiners$docker:index/container:Container::joiner-1";

function printed(lines: readonly string[]) {
  const output = new PlanOutput();
  return { lines: lines.filter((line) => output.accepts(line)), violation: output.violation };
}

test("without a violation everything is printed", () => {
  const lines = ["Previewing update (dev):", "Updating (dev):", " +  joiner-4 created"];
  expect(printed(lines)).toEqual({ lines, violation: undefined });
});

const violated =
  "With the resource joiner-1 as it is now, `up` would do something else than the plan, so nothing was changed";

test("after a violation with values nothing is printed", () => {
  const message = `    error: resource ${urn} violates plan: properties changed: ~~env[{&{{hush}}}!={&{{`;
  const { lines, violation } = printed(["Previewing update (dev):", message, "hush}}}]", "hush"]);
  expect(lines).toEqual(["Previewing update (dev):"]);
  expect(violation).toBe(violated);
});

test.each([
  `    error: expected resource operations for ${urn} but none were seen`,
  `    error: no plan for resource ${urn}`,
])("a violation names the resource: %s", (line) => {
  expect(printed([line, "Resources:"])).toEqual({
    lines: [line, "Resources:"],
    violation: violated,
  });
});

test("what Pulumi did not come to after an error is not a violation", () => {
  const lines = [
    " +  docker:index:Container joiner-2 creating (0s) error: no such image",
    `    error: expected resource operations for ${urn} but none were seen`,
  ];
  expect(printed(lines)).toEqual({ lines, violation: undefined });
});

test("a violation that names no resource", () => {
  const line =
    "error: replace is not allowed by the plan: no steps were expected for this resource";
  expect(printed([line]).violation).toMatch(/^With the engine as it is now/);
});

test("a violation in the second phase says that the `up` stopped", () => {
  const line = "    error: resource violates plan: properties changed: ++members[{[]}]";
  expect(printed(["Updating (dev):", line]).violation).toMatch(/so the `up` stopped there$/);
});
