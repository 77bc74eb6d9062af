/** A stack that cannot be destroyed by mistake. */
import type { StackRule } from "./rule.ts";

export const protection: StackRule = {
  name: "protected",
  description: "The stack is protected from being destroyed.",
  check: (resources) => {
    const isProtected = resources.some(
      ({ type, isProtected }) => type === "serf:cluster:Protection" && isProtected,
    );
    return isProtected ? [] : [{ message: "protect is false, allowed is true." }];
  },
};
