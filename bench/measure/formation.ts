import { aliveSeenBy } from "./engineExec.ts";
import { rest } from "../support/interrupt.ts";
import { formTimeout } from "../support/place.ts";
import { listenForStarts } from "./starts.ts";

/** What a cluster must come to. */
export interface Expectation {
  /** The seed's container, from which the cluster is looked at. */
  readonly seed: string;
  /** `key=value`, which all containers carry. */
  readonly label: string;
  readonly containers: number;
  readonly members: number;
}

/** When a cluster formed, in milliseconds of the epoch. */
interface Formation {
  readonly lastStart: number;
  readonly formed: number;
}

/** A watch over a cluster that is being made. */
export interface Watch {
  /**
   * Waits for a cluster whose containers have all been started.
   *
   * @throws Error that says what was awaited when it has not formed within {@link formTimeout} from now.
   */
  readonly formation: () => Promise<Formation>;
  /** Ends the watch, which never resolves then. */
  readonly end: () => void;
}

const interval = 100;

/**
 * Begins to watch a cluster. Every contender is watched in the same way; the members are asked
 * for only when the last container has started, since asking costs the engine some time.
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
  // Awaited only after the contender's command, before which nobody would hear of a failure.
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
