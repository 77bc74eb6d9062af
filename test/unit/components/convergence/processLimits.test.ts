import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { ProcessLimits } from "../../../../components/convergence/processLimits.ts";
import { declare, told } from "../../support/mocks.ts";

describe.each([false, true])("in a preview: %s", (preview) => {
  test("ProcessLimits are set by one command for all containers", async () => {
    const containers = ["a", "b"];
    const { declared } = await declare(
      () =>
        new ProcessLimits("process-limits", {
          containers: containers.map((id) => pulumi.output(id)),
          generation: "2",
        }),
      { preview },
    );
    expect(told(declared, "process-limits")).toEqual({ containers, limit: 128, generation: "2" });
  });
});
