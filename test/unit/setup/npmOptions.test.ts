import { expect, test } from "vitest";
import { refuseTakenOptions } from "../../../setup/npmOptions.ts";

const names = { stack: true, json: false, yes: false, coalesce: false, "config-file": true };
const taken = (env: NodeJS.ProcessEnv, isSetting = false) =>
  refuseTakenOptions("npm stop", names, env, () => Promise.resolve(isSetting));

test.each([
  ["npm_config_stack", "demo", "--stack demo"],
  // npm has taken the stack's name as an argument of its own.
  ["npm_config_stack", "true", "--stack …"],
  ["npm_config_json", "true", "--json"],
  ["npm_config_coalesce", "", "--no-coalesce"],
  ["npm_config_config_file", "a.yaml", "--config-file a.yaml"],
])("%s=%s is refused with what to type", async (variable, value, typed) => {
  await expect(taken({ [variable]: value })).rejects.toThrow(
    `npm has taken ${typed} as an option of its own, so nothing was done. Put \`--\` before it: ` +
      `\`npm stop -- ${typed}\`. If you did not type it, unset ${variable} in your environment.`,
  );
});

test("values from npm's own configuration are not options", async () => {
  await expect(taken({ npm_config_json: "true" }, true)).resolves.toBeUndefined();
});

test("options of other programs and harmless options are accepted", async () => {
  const env = { npm_config_yes: "true", npm_config_nodedir: "/usr", npm_config_cache: "/c" };
  await expect(taken(env)).resolves.toBeUndefined();
});
