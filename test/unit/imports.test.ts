import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

let dir: string;

/** A project that has only this project's rules. */
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "serf-imports-"));
  for (const name of [".dependency-cruiser.mjs", "tsconfig.json"]) cpSync(name, join(dir, name));
  symlinkSync(resolve("node_modules"), join(dir, "node_modules"));
});

afterEach(() => rmSync(dir, { recursive: true }));

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

/** Writes files with imports, and returns the rules that they break, by file or folder. */
function broken(imports: readonly (readonly [string, string])[]): Set<string> {
  const files = Map.groupBy(imports, ([from]) => from);
  for (const file of new Set(imports.flat())) {
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    const lines = (files.get(file) ?? []).map(
      // Type imports count as well, since they make one folder depend on another.
      ([, to]) => `import type {} from "${"../".repeat(file.split("/").length - 1) || "./"}${to}";`,
    );
    writeFileSync(join(dir, file), `${lines.join("\n")}\nexport {};\n`);
  }
  const rooms = [...new Set([...files.keys()].map((file) => file.split("/")[0]!))];
  const cruiser = join("node_modules", "dependency-cruiser", "bin", "dependency-cruiser.mjs");
  const { stdout } = spawnSync(process.execPath, [cruiser, ...rooms, "--output-type=json"], {
    ...{ cwd: dir, encoding: "utf8" },
  });
  const { summary } = JSON.parse(stdout) as { summary: { violations: readonly Violation[] } };
  return new Set(summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`));
}

test("an import against the direction of the folders is refused", () => {
  const forbidden = [
    ["index.ts", "programs/a.ts"],
    ["index.ts", "cli/a.ts"],
    ["components/a.ts", "programs/a.ts"],
    ["components/b.ts", "setup/a.ts"],
    ["programs/b.ts", "components/c.ts"],
    ["programs/c.ts", "programs/a.ts"],
    ["lib/a/a.ts", "components/c.ts"],
    ["lib/a/b.ts", "setup/a.ts"],
    ["cli/b.ts", "components/c.ts"],
    ["cli/c.ts", "test/a.ts"],
    ["cli/d.ts", "bench/a.ts"],
    ["setup/b.ts", "lib/drift/a.ts"],
    ["bench/b.ts", "cli/a.ts"],
    ["github/b.ts", "setup/a.ts"],
    ["cli/e.ts", "github/a.ts"],
    ["index.ts", "github/a.ts"],
  ] as const;
  const names = [...broken(forbidden)].map((one) => one.replace(/: .*/, ""));
  // Folders are in the list as well, since they form cycles.
  const files = new Set(names.filter((name) => name.endsWith(".ts")));
  expect([...files].sort()).toEqual([...new Set(forbidden.map(([from]) => from))].sort());
});

test("an import in the direction of the folders is allowed", () => {
  const allowed = [
    ["index.ts", "components/a.ts"],
    ["index.ts", "lib/a/a.ts"],
    ["components/a.ts", "lib/a/a.ts"],
    ["programs/a.ts", "lib/a/a.ts"],
    ["cli/a.ts", "setup/a.ts"],
    ["cli/a.ts", "lib/b/a.ts"],
    ["setup/a.ts", "lib/host/a.ts"],
    ["setup/a.ts", "lib/engine/a.ts"],
    ["bench/a.ts", "setup/a.ts"],
    ["github/a.ts", "github/support/a.ts"],
    ["github/a.ts", "lib/b/a.ts"],
  ] as const;
  expect([...broken(allowed)]).toEqual([]);
});

test("import cycles between files and between folders are refused", () => {
  const rules = broken([
    ["lib/a/a.ts", "lib/a/b.ts"],
    ["lib/a/b.ts", "lib/a/a.ts"],
    ["lib/c/a.ts", "lib/d/a.ts"],
    ["lib/d/b.ts", "lib/c/b.ts"],
  ]);
  expect(rules).toContain("lib/a/a.ts: no import cycles between files");
  expect(rules).toContain("lib/c: no import cycles between folders");
});
