import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

/** Runs a script as Pulumi runs the program, and reads the JSON that it prints. */
function runPreloaded(script: string): unknown {
  const args = ["--import=./components/preload.mjs", "--eval", script];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

const loaded = `Object.keys(require.cache).some((path) => path.endsWith("/typescript.js"))`;

test("the SDK is loaded without what this program does not need", () => {
  const script = `require("@pulumi/pulumi"); console.log(JSON.stringify(${loaded}))`;
  expect(runPreloaded(script)).toBe(false);
});

test("what was left out is loaded when it is needed", () => {
  const script = `
    require("@pulumi/pulumi").runtime.serializeFunction(() => 3).then(({ text }) => {
      console.log(JSON.stringify([text.includes("() => 3"), ${loaded}]));
    });`;
  expect(runPreloaded(script)).toEqual([true, true]);
});
