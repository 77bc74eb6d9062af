import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nothingTaken, type Taken } from "../../../../lib/allocation/allocate.ts";
import { reserve } from "../../../../lib/allocation/reservations.ts";
import { planSubnet } from "../../../../lib/cluster/subnet.ts";
import { startTimeOf } from "../../../../lib/host/startTime.mjs";
import { pause } from "../../../../lib/host/run.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "serf-reservations-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const choice = { subnet: planSubnet("10.83.1.0/24")!, gossipPort: 23001, rpcPort: 24001 };
const taken: Taken = { subnets: ["10.83.1.0/24"], ports: new Set([23001, 24001]) };

function file(pid: number): string {
  return join(folder, `${pid}.json`);
}

/** What the next one is told. */
async function reserved(): Promise<Taken> {
  let told = nothingTaken;
  await reserve((others) => {
    told = others;
    return Promise.resolve(choice);
  }, folder);
  return told;
}

test("a choice is reserved while its process runs", async () => {
  expect(await reserved()).toEqual(nothingTaken);
  expect(await reserved()).toEqual(taken);
  expect(readdirSync(folder)).toEqual([`${process.pid}.json`]);
});

test("the reservation of an ended process, or of an earlier one with its number, is removed", async () => {
  const born = startTimeOf(process.pid);
  const text = JSON.stringify({ born, subnet: "10.83.9.0/24", ports: [] });
  // No process can have this number.
  writeFileSync(file(2 ** 30), text);
  writeFileSync(file(process.ppid), text);
  writeFileSync(file(2 ** 30 + 1), '{"born":');
  expect(await reserved()).toEqual(nothingTaken);
  expect(readdirSync(folder)).toEqual([`${process.pid}.json`]);
});

test("only one chooses at a time", async () => {
  let choosing = 0;
  let most = 0;
  const choose = async () => {
    most = Math.max(most, ++choosing);
    await pause(50);
    choosing--;
    return choice;
  };
  await Promise.all([1, 2, 3].map(() => reserve(choose, folder)));
  expect(most).toBe(1);
});

test("a choice that fails reserves nothing and frees the lock", async () => {
  await expect(reserve(() => Promise.reject(new Error("a fault")), folder)).rejects.toThrow(
    "a fault",
  );
  expect(existsSync(file(process.pid))).toBe(false);
  expect(await reserved()).toEqual(nothingTaken);
});

test("a folder that cannot be made is no reason to fail", async () => {
  const blocked = join(folder, "a file");
  writeFileSync(blocked, "");
  expect(await reserve(() => Promise.resolve(choice), join(blocked, "folder"))).toBe(choice);
  expect(readFileSync(blocked, "utf8")).toBe("");
});
