import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { settingsFiles } from "../../../../cli/development/settingsFiles.ts";
import { table } from "../../../../lib/settings/table.ts";

test.each(Object.entries(settingsFiles))(
  "%s has every setting, and nothing stale",
  (path, made) => {
    const text = readFileSync(path, "utf8");
    expect(made(text)).toBe(text);
    for (const key of Object.keys(table))
      expect(text).toMatch(new RegExp(`^( {2}|\\| \`)${key}\\b`, "m"));
  },
);

test("generated text is replaced, and the rest is kept", () => {
  const yaml = settingsFiles["Pulumi.yaml"]!;
  const text = yaml("name: serf\nconfig:\n  gone:\n    type: string\n");
  expect(text).toMatch(/^name: serf\nconfig:\n {2}joiners:\n {4}type: string\n/);
  expect(text).not.toContain("gone");
  const marks = [
    "before <!-- settings: made by `npm run generate` -->",
    "what was there <!-- end of settings --> after",
  ];
  const document = settingsFiles["docs/configuration.md"]!(marks.join("\n"));
  expect(document).toMatch(/^before [^]* after$/);
  expect(document).not.toContain("what was there");
});

test("a file without the marks is refused", () => {
  for (const made of Object.values(settingsFiles)) expect(() => made("nothing")).toThrow("has no");
});
