import { aliveSeenBy } from "./engineExec.ts";
import { rest } from "../support/interrupt.ts";
import { formTimeout } from "../support/place.ts";
import { listenForStarts } from "./starts.ts";

/** What the complete cluster looks like. */
export interface Expectation {
  /** The seed's container, whose agent is asked for the members. */
  readonly seed: string;
  /** The label of all containers, as `key=value`. */
  readonly label: string;
  readonly containers: number;
  readonly members: number;
}

/** When a cluster formed, in milliseconds since the epoch. */
interface Formation {
  readonly lastStart: number;
  readonly formed: number;
}

/** Watches a cluster while it is created. */
export interface Watch {
  /**
   * Waits until the cluster has formed. Call it when all containers have been started.
   *
   * @throws Error with what is missing when it has not formed within {@link formTimeout} from now.
   */
  readonly formation: () => Promise<Formation>;
  /** Ends the watch. Its promise then never resolves. */
  readonly end: () => void;
}

const interval = 100;

/**
 * Starts watching a cluster, in the same way for every contender. The seed is asked for the members only after the
 * last container has started, since each question costs the engine time.
 */
export async function watch(expected: Expectation): Promise<Watch> {
  const starts = await listenForStarts(expected.label);
  let isOver = false;
  let deadline = Infinity;
  const look = async (): Promise<Formation> => {
    let alive = 0;
    while (!isOver) {
      if (starts.count() >= expected.containers) {
        alive = (await aliveSeenBy(expected.seed)).length;
        if (alive === expected.members) return { lastStart: starts.last(), formed: Date.now() };
      }
      if (Date.now() > deadline) throw new Error(lateness(expected, starts.count(), alive));
      await rest(interval);
    }
    return await new Promise<never>(() => undefined);
  };
  const formation = look().finally(starts.close);
  // Avoids an unhandled rejection: the promise is awaited only after the contender's command.
  formation.catch(() => undefined);
  return {
    formation: async () => {
      deadline = Date.now() + formTimeout;
      if (starts.count() < expected.containers) await starts.complete();
      return await formation;
    },
    end: () => {
      isOver = true;
      starts.close();
    },
  };
}

function lateness(expected: Expectation, started: number, alive: number): string {
  return (
    `Waited ${formTimeout / 1000} s for ${expected.members} members to be alive as seen from ` +
    `${expected.seed}: ${started} of ${expected.containers} containers started, ${alive} alive.`
  );
}
