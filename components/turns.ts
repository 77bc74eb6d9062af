/** The parts of a cluster that are made and replaced by themselves. */
export type Party = "seed" | "joiners" | "host";

/** A party, and which others must be done before it begins. */
export interface Turn {
  readonly party: Party;
  readonly after: readonly Party[];
}

/** What decides who comes when. */
export interface TurnChoice {
  /** Whether members are replaced one after another, so that the cluster goes on. */
  readonly isRolling: boolean;
  /** Whether all others join the host's agent. */
  readonly isHostFirst: boolean;
  /** Who runs already. */
  readonly runs: Readonly<Record<"seed" | "host", boolean>>;
  /** Whether the host's agent can know where to join before the seed is there. */
  readonly isEndpointKnown: boolean;
}

/**
 * The order in which the parties are made and replaced.
 *
 * At first, and where all may go at once, each waits only for whom it joins, and the joiners for nobody: they
 * look for the seed until it is there. Where members are replaced one after another, each party waits for the
 * one before. Then whoever does not run comes first, since that takes nobody down. Of those that
 * run the joiners come first: they can go back to what they were when the change turns out to be bad.
 */
export function planTurns(choice: TurnChoice): Turn[] {
  const { isRolling, isHostFirst, runs, isEndpointKnown } = choice;
  if (!isRolling) {
    return isHostFirst
      ? [turn("host"), turn("seed", "host"), turn("joiners", "host")]
      : [turn("seed"), turn("joiners"), turn("host", "seed")];
  }
  const pair = isHostFirst ? (["host", "seed"] as const) : (["seed", "host"] as const);
  const order: Party[] = [
    ...pair.filter((party) => !runs[party]),
    "joiners",
    ...pair.filter((party) => runs[party]),
  ];
  if (!isEndpointKnown && order.indexOf("host") < order.indexOf("seed")) {
    order.splice(order.indexOf("host"), 1);
    order.push("host");
  }
  return order.map((party, index) => turn(party, ...order.slice(0, index)));
}

function turn(party: Party, ...after: Party[]): Turn {
  return { party, after };
}

/**
 * Declares the parties in their turns.
 *
 * @param declare is given what was declared of those who must be done before.
 */
export function inTurn<T extends Readonly<Record<Party, unknown>>>(
  turns: readonly Turn[],
  declare: { readonly [P in Party]: (done: Partial<T>) => T[P] },
): T {
  const declared = new Map<Party, T[Party]>();
  for (const { party, after } of turns) {
    const done = Object.fromEntries(after.map((before) => [before, declared.get(before)]));
    declared.set(party, declare[party](done as Partial<T>));
  }
  return Object.fromEntries(declared) as T;
}
