/** Reads and sets the limits of this kernel's neighbour table, and the record of the claims. */
import { existsSync } from "node:fs";
import { access, constants, readFile, rename, rm, writeFile } from "node:fs/promises";
import { isEngineHere } from "../engine/findPlace.ts";
import { listContainers } from "../engine/inventory.ts";
import { withLock } from "../host/lock.mjs";
import {
  type Demand,
  demandOf,
  isLargeEnough,
  sysctlPrefix,
  thresholdNames,
  type Thresholds,
} from "./demand.ts";
import { type Claim, claimTable, type Ledger, releaseTable, type Settlement } from "./ledger.ts";

const folder = "/proc/sys/net/ipv4/neigh/default";

/** Shared by all clones on this host. A reboot empties the folder, or at least changes the boot ID. */
const ledgerFile = "/run/serf-cluster-neighbours.json";

/** The present limits; undefined if this is not Linux, or the network namespace lacks them. */
export async function readLimits(): Promise<Thresholds | undefined> {
  if (!existsSync(`${folder}/gc_thresh3`)) return undefined;
  const entries = thresholdNames.map(async (name) => [
    name,
    Number(await readFile(`${folder}/${name}`, "utf8")),
  ]);
  return Object.fromEntries(await Promise.all(entries)) as Thresholds;
}

/** Whether this user can change the limits. */
export async function canSetLimits(): Promise<boolean> {
  try {
    await access(`${folder}/gc_thresh3`, constants.W_OK);
    await access("/run", constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** The claims since the last boot; undefined if there are none. */
export async function readLedger(): Promise<Ledger | undefined> {
  const text = await readFile(ledgerFile, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const ledger = JSON.parse(text) as Ledger;
  return ledger.boot === (await bootId()) ? ledger : undefined;
}

/**
 * Records a claim, and raises the limits if they are too low.
 *
 * @throws Error when they are too low and this user cannot change them.
 */
export async function claimEntries(claimant: string, claim: Claim): Promise<void> {
  const present = await presentLimits();
  if (!(await canSetLimits())) {
    if (isLargeEnough(present, claim.entries)) return;
    throw new Error(`Only root can change ${sysctlPrefix}gc_thresh3; run this as root.`);
  }
  await withLock(`${ledgerFile}.lock`, async () => {
    const present = await presentLimits();
    const place = { boot: await bootId(), claimant, claim };
    const settlement = claimTable(await readLedger(), present, place, await runningDemand());
    await writeLedger(settlement);
    await setLimits(settlement, present);
  });
}

/**
 * Removes a claim of {@link claimEntries}, and lowers the limits as far as the other claims allow. Limits that
 * somebody else has changed are kept and reported.
 */
export async function releaseEntries(claimant: string): Promise<void> {
  // A stack on another host's engine has no claim here, and most stacks have none at all.
  if (!(await isEngineHere())) return;
  const ledger = await readLedger();
  if (ledger === undefined) return;
  if (!(await canSetLimits())) {
    if (ledger.claims[claimant] === undefined) return;
    throw new Error(`Only root can restore ${sysctlPrefix}gc_thresh3; run this as root.`);
  }
  await withLock(`${ledgerFile}.lock`, async () => {
    const ledger = await readLedger();
    if (ledger === undefined) return;
    const present = await presentLimits();
    const settlement = releaseTable(ledger, present, claimant, await runningDemand());
    await setLimits(settlement, present);
    await writeLedger(settlement);
    for (const name of settlement.foreign) {
      console.error(
        `${sysctlPrefix}${name} is ${present[name]}, which was not set by this project, so it is kept.`,
      );
    }
  });
}

async function runningDemand(): Promise<Demand> {
  return demandOf(await listContainers({}));
}

async function presentLimits(): Promise<Thresholds> {
  const limits = await readLimits();
  if (limits === undefined) throw new Error(`${folder} is missing.`);
  return limits;
}

async function setLimits({ limits }: Settlement, present: Thresholds): Promise<void> {
  for (const name of thresholdNames) {
    if (limits[name] === present[name]) continue;
    await writeFile(`${folder}/${name}`, String(limits[name]));
    console.error(`${sysctlPrefix}${name}: ${present[name]} → ${limits[name]}`);
  }
}

async function writeLedger({ ledger }: Settlement): Promise<void> {
  if (ledger === undefined) {
    await rm(ledgerFile, { force: true });
    return;
  }
  await writeFile(`${ledgerFile}.new`, JSON.stringify(ledger));
  await rename(`${ledgerFile}.new`, ledgerFile);
}

async function bootId(): Promise<string> {
  return (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
}
