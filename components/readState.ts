import * as pulumi from "@pulumi/pulumi";
import { recordedIn, type RecordedOutputs, type RecordedState } from "./recordedState.ts";

/**
 * Asks Pulumi what the state of this stack says, as the last deployment left it.
 *
 * Source: https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/resource/deploy/builtins.go
 */
export async function readState(): Promise<RecordedState> {
  const stackName = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  const { outputs } = (await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", {
    stackName,
  })) as { readonly outputs?: RecordedOutputs };
  return recordedIn(outputs ?? {});
}
