import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { backendEnv } from "../../../../setup/backend.ts";
import { provide } from "../../../../setup/tools/cache.ts";
import { toolSourcesHash } from "../../../../setup/tools/goTools.ts";
import { isNewEnough } from "../../../../setup/tools/goToolchain.ts";
import { withLock } from "../../../../lib/host/lock.mjs";

let dir: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "serf-cache-"));
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true });
});

/** Another process that provides `tool`, reports when it has begun, and takes this long. */
async function startOther(milliseconds: number): Promise<ChildProcess> {
  const script = `
    import { writeFileSync } from "node:fs";
    import { provide } from "./setup/tools/cache.ts";
    await provide("tool", async (folder) => {
      writeFileSync(folder + "/half", "other");
      console.log("begun");
      await new Promise((resolve) => setTimeout(resolve, ${milliseconds}));
    }, ${JSON.stringify(dir)});`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return child;
}

const make = async (folder: string) => {
  writeFileSync(join(folder, "whole"), "own");
  await Promise.resolve();
};

describe("provide", () => {
  test("creates a folder once", async () => {
    const maker = vi.fn(make);
    const path = await provide("tool", maker, dir);
    expect(await provide("tool", maker, dir)).toBe(path);
    expect(maker).toHaveBeenCalledOnce();
    expect(readdirSync(dir)).toEqual(["tool"]);
  });

  test("leaves nothing of a folder that could not be completed", async () => {
    const failing = async (folder: string) => {
      await make(folder);
      throw new Error("no");
    };
    await expect(provide("tool", failing, dir)).rejects.toThrow("no");
    expect(readdirSync(dir)).toEqual([]);
  });

  test("takes over from a process that was killed halfway, and removes its partial folder", async () => {
    const other = await startOther(60_000);
    const ended = new Promise((resolve) => other.once("exit", resolve));
    other.kill("SIGKILL");
    await ended;
    expect(readdirSync(dir)).toHaveLength(2);
    const path = await provide("tool", make, dir);
    expect(readdirSync(path)).toEqual(["whole"]);
    expect(readdirSync(dir)).toEqual(["tool"]);
  });

  test("waits for another process that creates the same entry", async () => {
    await startOther(700);
    const maker = vi.fn(make);
    const path = await provide("tool", maker, dir);
    expect(maker).not.toHaveBeenCalled();
    expect(readFileSync(join(path, "half"), "utf8")).toBe("other");
  });
});

describe("withLock", () => {
  test("runs tasks with the same lock one after the other", async () => {
    let inside = 0;
    const task = async () => {
      inside += 1;
      expect(inside).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside -= 1;
    };
    await Promise.all([1, 2, 3].map(() => withLock(join(dir, "lock"), task)));
    expect(readdirSync(dir)).toEqual([]);
  });

  test("is not held by a process that reuses the pid of a dead one", async () => {
    writeFileSync(join(dir, "lock"), JSON.stringify({ pid: process.pid, born: "an earlier boot" }));
    expect(await withLock(join(dir, "lock"), () => Promise.resolve("done"))).toBe("done");
  });
});

describe("the state's place", () => {
  const forget = () => {
    for (const name of ["BACKEND_URL", "CONFIG_PASSPHRASE", "CONFIG_PASSPHRASE_FILE", "HOME"]) {
      vi.stubEnv(`PULUMI_${name}`, undefined);
    }
    vi.stubEnv("HOME", dir);
  };

  test("is a folder that git ignores, with a passphrase that only the user can read", async () => {
    forget();
    const env = await backendEnv(join(dir, "own"));
    expect(env["PULUMI_BACKEND_URL"]).toBe(`file://${dir}/own/state`);
    const file = env["PULUMI_CONFIG_PASSPHRASE_FILE"]!;
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const passphrase = readFileSync(file, "utf8");
    expect(passphrase.length).toBeGreaterThanOrEqual(40);
    expect(await backendEnv(join(dir, "own"))).toEqual(env);
    expect(readFileSync(file, "utf8")).toBe(passphrase);
  });

  test("is the user's own backend if they have one", async () => {
    forget();
    vi.stubEnv("PULUMI_BACKEND_URL", "s3://bucket");
    vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "");
    const env = await backendEnv(join(dir, "own"));
    expect(Object.keys(env)).toEqual(["PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER"]);
  });

  test("is the backend that the user's installed Pulumi is logged in to", async () => {
    forget();
    mkdirSync(join(dir, ".pulumi"));
    writeFileSync(join(dir, ".pulumi", "credentials.json"), '{"current":"https://api.example"}');
    writeFileSync(join(dir, "pulumi"), "", { mode: 0o755 });
    vi.stubEnv("PATH", dir);
    expect(await backendEnv(join(dir, "own"))).not.toHaveProperty("PULUMI_BACKEND_URL");
    rmSync(join(dir, "pulumi"));
    expect(await backendEnv(join(dir, "own"))).toHaveProperty("PULUMI_BACKEND_URL");
    expect(existsSync(join(dir, "own", "state"))).toBe(true);
  });
});

test("Go versions are compared by number, not alphabetically", () => {
  expect(isNewEnough("go1.25.11", "1.25.11")).toBe(true);
  expect(isNewEnough("go1.26", "1.25.11")).toBe(true);
  expect(isNewEnough("go1.26.0-X:loopvar", "1.25.11")).toBe(true);
  expect(isNewEnough("go1.25.9", "1.25.11")).toBe(false);
  expect(isNewEnough("go1.9.11", "1.25.11")).toBe(false);
  expect(isNewEnough("devel", "1.25.11")).toBe(false);
});

test("the cache entry of the built tools depends on their sources", () => {
  expect(toolSourcesHash()).toMatch(/^[0-9a-f]{12}$/);
  expect(toolSourcesHash()).toBe(toolSourcesHash());
});
