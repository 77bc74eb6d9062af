/** How Pulumi runs this project's policies. */
import { existsSync } from "node:fs";

/** Pulumi's options that run the policies with the stack's settings, or else those of stacks without any. */
export function policyFlags(stack: string): string[] {
  const files = [stack, "default"].map((name) => `policy/config/${name}.json`);
  const settings = files.find((file) => existsSync(file));
  return [
    ...["--policy-pack", "policy"],
    ...(settings === undefined ? [] : ["--policy-pack-config", settings]),
  ];
}
