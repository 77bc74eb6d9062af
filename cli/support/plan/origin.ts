/**
 * What a saved plan was made from. Pulumi compares the operations and inputs of an `up` with its plan, but not the
 * state that they start from, nor the code that commands run.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { hashBuild } from "../../../lib/cluster/buildContext.ts";
import { configFile } from "../stack/stack.ts";
import type { RecordedResource } from "../stack/stateFiles.ts";

export interface PlanOrigin {
  readonly stack: string;
  /** A hash of the program and of the stack's configuration. */
  readonly program: string;
  /** A hash of the stack's state. */
  readonly state: string;
}

/** What the Pulumi program consists of. */
const folders = ["components", "docker", "lib", "programs"];
const files = ["index.ts", "package-lock.json", "Pulumi.yaml"];

/** @param resources in the stack's state. */
export function originOf(stack: string, resources: readonly RecordedResource[]): PlanOrigin {
  const texts = [...files, configFile(stack)].map((file) =>
    existsSync(file) ? readFileSync(file, "utf8") : "",
  );
  const program = hash([folders.map((folder) => hashBuild(folder, {})), texts]);
  return { stack, program, state: hash(resources) };
}

function hash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}

/** Why a plan cannot be applied now, as the first half of a sentence; undefined when it can. */
export function mismatch(planned: PlanOrigin, now: PlanOrigin): string | undefined {
  if (planned.stack !== now.stack) return `is for stack ${planned.stack}`;
  if (planned.program !== now.program) {
    return "was saved with another program or configuration";
  }
  if (planned.state !== now.state) {
    return `was saved before the state of stack ${now.stack} changed`;
  }
  return undefined;
}
