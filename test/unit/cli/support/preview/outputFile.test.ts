import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { outputFile } from "../../../../../cli/support/preview/outputFile.ts";

const folder = mkdtempSync(join(tmpdir(), "serf-output-"));
mkdirSync(join(folder, "sub"));
writeFileSync(join(folder, "there.md"), "");
vi.stubEnv("INIT_CWD", folder);

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test.each(["new.md", "there.md", "./sub/new.md"])("%s is a file", (typed) => {
  expect(outputFile("markdown", typed)).toBe(join(folder, typed));
});

test.each(["", " ", ".", "sub", "sub/", "missing/new.md", "there.md/new.md"])(
  "%j is refused",
  (typed) => {
    expect(() => outputFile("save-plan", typed)).toThrow(
      `--save-plan is "${typed}", allowed is a file in a folder that exists.`,
    );
  },
);
