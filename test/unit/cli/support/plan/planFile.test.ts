import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addOrigin, checkPlan, clearPlan } from "../../../../../cli/support/plan/planFile.ts";

const origin = { stack: "dev", program: "p", state: "s" };
let folder: string;
let file: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "serf-plan-"));
  file = join(folder, "plan.json");
});

afterAll(() => rmSync(folder, { recursive: true }));

test("a plan keeps what Pulumi wrote, and fits what it was made from", async () => {
  writeFileSync(file, '{"manifest":{"version":"3"},"resourcePlans":{}}');
  await addOrigin(file, origin);
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ manifest: { version: "3" } });
  await expect(checkPlan(file, origin)).resolves.toBeUndefined();
});

test("a plan for another state is refused with what to type", async () => {
  await expect(checkPlan(file, { ...origin, state: "t" })).rejects.toThrow(
    `The plan ${file} was saved before the state of stack dev changed, so nothing was changed; preview again: ` +
      `\`npm run preview -- --stack dev --save-plan ${file}\`.`,
  );
});

test.each(["{}", "", "[]", "null", '{"manifest":{}}', "no JSON"])(
  "a file with %j is no plan",
  async (text) => {
    const other = join(folder, "other.json");
    writeFileSync(other, text);
    await expect(checkPlan(other, origin)).rejects.toThrow(
      `The plan ${other} is not a plan that \`npm run preview\` has saved`,
    );
  },
);

test("a file that is missing is named", async () => {
  await expect(checkPlan(join(folder, "none.json"), origin)).rejects.toThrow(
    /--plan is ".*none\.json", which cannot be read: ENOENT.* type `npm run preview -- --stack dev/,
  );
});

test("an earlier plan is removed before a preview", async () => {
  writeFileSync(file, '{"resourcePlans":{}}');
  await clearPlan(file);
  await clearPlan(file);
  expect(existsSync(file)).toBe(false);
});

test("a plan of a preview that named no engine is not kept", async () => {
  writeFileSync(file, '{"resourcePlans":{"engine":{"host":"ssh://offline.invalid"}}}');
  await expect(addOrigin(file, origin)).rejects.toThrow(
    /^No plan was saved for stack dev, .* ssh:\/\/\.$/,
  );
  expect(existsSync(file)).toBe(false);
});

test("a file that is not a plan is not removed for one", async () => {
  writeFileSync(file, "# notes");
  await expect(clearPlan(file)).rejects.toThrow(
    /^--save-plan is ".*", which exists and is not a plan;/,
  );
  expect(existsSync(file)).toBe(true);
});
