import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { mismatch, originOf } from "../../../../../cli/support/plan/origin.ts";

const seed = { urn: "urn:pulumi:dev::serf::t::seed", type: "t", id: "1" };

describe("what a plan was made from", () => {
  const root = process.cwd();
  let clone: string;

  beforeEach(() => {
    clone = mkdtempSync(join(tmpdir(), "serf-plan-"));
    for (const name of ["components", "docker", "lib", "programs", "index.ts", "Pulumi.yaml"]) {
      cpSync(join(root, name), join(clone, name), { recursive: true });
    }
    writeFileSync(join(clone, "Pulumi.dev.yaml"), "config:\n  serf:joiners: 3\n");
    process.chdir(clone);
  });

  afterEach(() => {
    process.chdir(root);
    rmSync(clone, { recursive: true });
  });

  test("is the same on the same program, configuration and state", () => {
    expect(originOf("dev", [seed])).toEqual(originOf("dev", [seed]));
  });

  test.each([
    ["Pulumi.dev.yaml", "config:\n  serf:joiners: 4\n"],
    ["programs/converge.ts", "// another one\n"],
    ["package-lock.json", "{}"],
  ])("differs when %s does", (file, text) => {
    const before = originOf("dev", [seed]);
    writeFileSync(file, text);
    expect(mismatch(before, originOf("dev", [seed]))).toBe(
      "was saved with another program or configuration",
    );
  });

  test("does not depend on another stack's file", () => {
    const before = originOf("dev", [seed]);
    writeFileSync("Pulumi.prod.yaml", "config:\n  serf:joiners: 5\n");
    expect(mismatch(before, originOf("dev", [seed]))).toBeUndefined();
  });

  test("differs when the state does", () => {
    const before = originOf("dev", [seed]);
    expect(mismatch(before, originOf("dev", [{ ...seed, id: "2" }]))).toBe(
      "was saved before the state of stack dev changed",
    );
  });

  test("differs between stacks", () => {
    expect(mismatch(originOf("dev", []), originOf("prod", []))).toBe("is for stack dev");
  });
});
