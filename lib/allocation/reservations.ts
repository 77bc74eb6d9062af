/**
 * Keeps stacks that are brought up on this machine at the same moment from choosing the same. A choice is reserved
 * until its process ends; by then the engine has the network and the containers.
 */
import { access, constants, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { withLock } from "../host/lock.mjs";
import { startTimeOf } from "../host/startTime.mjs";
import { type Allocation, nothingTaken, type Taken, together } from "./allocate.ts";

/** Shared by all clones of a user. */
function ownFolder(): string {
  const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return join(cache, "serf-cluster", "reservations");
}

interface Reservation {
  readonly born: string | undefined;
  readonly subnet: string;
  readonly ports: readonly number[];
}

/**
 * Makes a choice and reserves it. Only one process at a time chooses.
 *
 * @param choose gets what others have reserved.
 */
export async function reserve<Choice extends Allocation>(
  choose: (reserved: Taken) => Promise<Choice>,
  folder = ownFolder(),
): Promise<Choice> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK);
  } catch {
    // A folder that cannot be written to is no reason to refuse the stack; the engine refuses what is taken.
    return await choose(nothingTaken);
  }
  return await withLock(
    join(folder, "lock"),
    async () => {
      const choice = await choose(await reservedIn(folder));
      const { subnet, gossipPort, rpcPort } = choice;
      const born = startTimeOf(process.pid);
      const own: Reservation = { born, subnet: subnet.cidr, ports: [gossipPort, rpcPort] };
      await writeFile(join(folder, `${process.pid}.json`), JSON.stringify(own));
      return choice;
    },
    { isQuiet: true },
  );
}

/** The reservations of running processes. Those of others are removed. */
async function reservedIn(folder: string): Promise<Taken> {
  const all = (await readdir(folder)).filter((name) => name.endsWith(".json"));
  const taken = all.map(async (name): Promise<Taken> => {
    const pid = Number(name.replace(".json", ""));
    const reservation = await read(join(folder, name));
    if (reservation && startTimeOf(pid) === reservation.born) {
      return { subnets: [reservation.subnet], ports: new Set(reservation.ports) };
    }
    await rm(join(folder, name), { force: true });
    return nothingTaken;
  });
  return together(...(await Promise.all(taken)));
}

/** Undefined if a full disk or a crash left it incomplete. */
async function read(file: string): Promise<Reservation | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Reservation;
  } catch {
    return undefined;
  }
}
