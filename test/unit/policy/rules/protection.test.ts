import { expect, test } from "vitest";
import { protection } from "../../../../policy/rules/protection.ts";
import { container, resource } from "../../support/resources.ts";

const guard = (isProtected: boolean) =>
  resource("serf:cluster:Protection", "protection", {}, { isProtected });

test("a stack is protected by one resource that is", () => {
  expect(protection.check([guard(true)], {})).toEqual([]);
});

test.each([[[guard(false)]], [[container({}, { isProtected: true })]]])(
  "and by no other",
  (resources) => {
    expect(protection.check(resources, {})).toEqual([
      { message: "protect is false, allowed is true." },
    ]);
  },
);
