import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { expect, test } from "vitest";

// The pack serves policies once it has printed its port. Language hosts start it in its own folder. Pulumi's own hands
// the option `nodeargs` to the SDK's script; that of the build route hands it to Node.js, as for a program.

const script = resolve("node_modules/@pulumi/pulumi/cmd/run-policy-pack/index.js");
const folder = resolve("policy");
const preload = "--import=./preload.mjs";

test.each([
  ["Pulumi's language host", [script, preload]],
  ["that of the build route", [preload, script]],
])("the pack is started by %s", async (_, args) => {
  const child = spawn(process.execPath, [...args, "127.0.0.1:1", folder], { cwd: folder });
  let said = "";
  child.stderr.on("data", (text) => (said += String(text)));
  try {
    const [port] = (await Promise.race([
      once(child.stdout, "data"),
      once(child, "exit").then(() => Promise.reject(new Error(said))),
    ])) as [Buffer];
    expect(String(port)).toMatch(/^\d+\n$/);
  } finally {
    child.kill();
  }
});
