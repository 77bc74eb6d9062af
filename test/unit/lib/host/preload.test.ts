import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Runs a script as Pulumi runs the program, and parses the JSON that it prints. */
function runPreloaded(script: string): unknown {
  const args = ["--import=./lib/host/preload.mjs", "--eval", script];
  // Without the variables that the npm scripts set.
  const env = { ...process.env };
  delete env["NODE_COMPILE_CACHE"];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8", env }));
}

const has = (file: string) =>
  `Object.keys(require.cache).some((path) => path.endsWith(${JSON.stringify(file)}))`;

const loaded = has("/typescript.js");

test("the SDK is loaded without the parts that this program does not need", () => {
  const script = `require("@pulumi/pulumi"); console.log(JSON.stringify(${loaded}))`;
  expect(runPreloaded(script)).toBe(false);
});

test("the SDK does not use a proxy for Pulumi", () => {
  vi.stubEnv("https_proxy", "http://proxy.example:3128");
  vi.stubEnv("no_proxy", ".example, 127.0.0.1");
  // As the SDK's gRPC calls it.
  const script = `
    const { mapProxyName } = require("@grpc/grpc-js/build/src/http_proxy.js");
    const target = { scheme: "dns", path: "127.0.0.1:4000" };
    console.log(JSON.stringify(mapProxyName(target, {}).target));`;
  expect(runPreloaded(script)).toEqual({ scheme: "dns", path: "127.0.0.1:4000" });
});

test("the parts that were left out are loaded when they are needed", () => {
  const script = `
    require("@pulumi/pulumi").runtime.serializeFunction(() => 3).then(({ text }) => {
      console.log(JSON.stringify([text.includes("() => 3"), ${loaded}]));
    });`;
  expect(runPreloaded(script)).toEqual([true, true]);
});

test("the part of the SDK that runs Pulumi is loaded on first access", () => {
  const isLoaded = has("/automation/localWorkspace.js");
  const script = `
    const { automation } = require("@pulumi/pulumi");
    const before = ${isLoaded};
    const { LocalWorkspace } = automation;
    console.log(JSON.stringify([before, typeof LocalWorkspace.create, ${isLoaded}]));`;
  expect(runPreloaded(script)).toEqual([false, "function", true]);
});

test("traces are sent when Pulumi is asked for them", () => {
  const isLoaded = has("/NodeTracerProvider.js");
  const script = `
    const tracing = require("@pulumi/pulumi/cmd/run/tracing.js");
    const before = ${isLoaded};
    const server = require("node:http").createServer(({ url }) => {
      console.log(JSON.stringify([before, ${isLoaded}, url]));
      process.exit();
    });
    server.listen(0, "127.0.0.1", () => {
      tracing.start("http://127.0.0.1:" + server.address().port + "/spans");
      tracing.newSpan("a span").end();
    });`;
  expect(runPreloaded(script)).toEqual([false, true, "/spans"]);
});

test("a package is read when a serialized function needs it", () => {
  const isLoaded = has("/normalize-package-data/lib/normalize.js");
  const script = `
    const { runtime } = require("@pulumi/pulumi");
    const before = ${isLoaded};
    runtime.computeCodePaths().then((paths) => {
      console.log(JSON.stringify([before, paths.size > 0, ${isLoaded}]));
    });`;
  expect(runPreloaded(script)).toEqual([false, true, true]);
});

test("a program exits when its output is closed", async () => {
  // As the SDK does it.
  const script = `
    process.on("uncaughtException", (error) => Promise.reject(error).catch(console.error));
    setInterval(() => console.log("still here"), 10);`;
  const args = ["--import=./lib/host/preload.mjs", "--eval", script];
  const program = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 4000,
    killSignal: "SIGKILL",
  });
  const ended = once(program, "exit");
  await once(program.stdout, "data");
  program.stdout.destroy();
  program.stderr.destroy();
  expect(await ended).toEqual([1, null]);
});

test("compiled code is cached where no other user can write", () => {
  const folder = runPreloaded(
    `console.log(JSON.stringify(require("node:module").getCompileCacheDir()))`,
  );
  expect(folder).toMatch(/^.*\/node_modules\/\.cache\/serf\//);
  expect(statSync(folder as string).mode & 0o022).toBe(0);
});
