import * as pulumi from "@pulumi/pulumi";
import { recordedIn, type RecordedOutputs, type RecordedState } from "../../lib/drift/recorded.ts";

/**
 * Reads the state of this stack, as the last deployment left it.
 *
 * @throws pulumi.RunError if the stack has been renamed since then: a rename changes nothing on the engine.
 *
 * Source: https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/resource/deploy/builtins.go
 */
export async function readState(): Promise<RecordedState> {
  const stackName = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  const { outputs } = (await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", {
    stackName,
  })) as { readonly outputs?: RecordedOutputs };
  const recorded = recordedIn(outputs ?? {});
  const { stack = pulumi.getStack() } = recorded;
  if (stack === pulumi.getStack()) return recorded;
  throw new pulumi.RunError(
    `The stack ${pulumi.getStack()} was called ${stack} when it was brought up, and everything that it created still ` +
      `has that name. Rename it back with \`pulumi stack rename ${stack}\`, or run \`pulumi destroy\` first.`,
  );
}
