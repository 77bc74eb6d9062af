import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

let dir: string;

/** A project with one package of each kind that npm can leave out, all available without a network. */
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "serf-packages-"));
  for (const folder of ["lib", "setup"]) cpSync(folder, join(dir, folder), { recursive: true });
  writeJson("package.json", {
    name: "project",
    version: "1.0.0",
    devDependencies: { developing: "file:developing" },
    optionalDependencies: { optional: "file:optional" },
  });
  for (const name of ["developing", "optional"]) {
    mkdirSync(join(dir, name));
    writeJson(`${name}/package.json`, { name, version: "1.0.0" });
  }
  npm({}, "install", "--package-lock-only");
  writeFileSync(join(dir, "program.mjs"), "console.log('it runs')");
});

afterEach(() => rmSync(dir, { recursive: true }));

function writeJson(name: string, content: object): void {
  writeFileSync(join(dir, name), JSON.stringify(content));
}

/** The environment without npm's variables, plus those of the test. */
function environment(more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const plain = Object.entries(process.env).filter(([key]) => !/^(npm_|NODE_ENV$)/i.test(key));
  return { ...Object.fromEntries(plain), ...more };
}

function npm(env: NodeJS.ProcessEnv, ...args: string[]): void {
  execFileSync("npm", [...args, "--no-audit", "--no-fund"], { cwd: dir, env: environment(env) });
}

function start(env: NodeJS.ProcessEnv): string {
  return execFileSync(process.execPath, ["setup/run.mjs", "program.mjs"], {
    ...{ cwd: dir, env: environment(env), stdio: ["ignore", "pipe", "pipe"] },
  }).toString();
}

test("all packages are installed, even kinds that the environment excludes, and npm prints nothing", () => {
  const env = {
    NODE_ENV: "production",
    npm_config_omit: "dev optional",
    npm_config_dry_run: "true",
    npm_config_global: "true",
  };
  expect(start(env)).toBe("it runs\n");
  for (const name of ["developing", "optional"]) {
    expect(existsSync(join(dir, "node_modules", name)), name).toBe(true);
  }
});

test("with SERF_INSTALL=no nothing is installed, and packages installed by npm are used", () => {
  const refused = () => start({ SERF_INSTALL: "no" });
  expect(refused).toThrow(
    /error: The Node\.js packages .* Install them with `npm ci --ignore-scripts`/,
  );
  expect(existsSync(join(dir, "node_modules"))).toBe(false);
  npm({}, "ci", "--ignore-scripts");
  expect(start({ SERF_INSTALL: "no" })).toBe("it runs\n");
});

test("packages older than in the lock file are replaced", () => {
  npm({}, "ci");
  writeJson("developing/package.json", { name: "developing", version: "2.0.0" });
  npm({}, "install", "--package-lock-only");
  expect(start({})).toBe("it runs\n");
  const list = readFileSync(join(dir, "node_modules", ".package-lock.json"), "utf8");
  expect(list).toContain('"version": "2.0.0"');
});
