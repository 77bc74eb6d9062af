/** A fault to test, and what is expected of the cluster. */
export interface Fault {
  /** The description in the documents' table and in the test's name. */
  readonly what: string;
  /** Whether a person has to run `up`. Default: the cluster recovers by itself. */
  readonly takesUp?: true;
  /**
   * Seconds within which the cluster must recover: after the fault, after the end of a fault that lasts, or after the
   * start of the `up` that a person runs.
   */
  readonly bound: number;
}

// Serf tries to reach a failed member every 30 s, and may choose another one the first time.
const twoReconnects = 75;

// An `up` waits up to 60 s for the cluster to form.
const oneUp = 90;

/** The faults, by their keys in the recorded results. */
export const faults = {
  joinerKilled: { what: "a joiner is killed", bound: 30 },
  seedKilled: { what: "the seed is killed", bound: 30 },
  seedGone: { what: "the seed is removed for good", takesUp: true, bound: oneUp },
  hostAgentKilled: { what: "the host's agent is killed", takesUp: true, bound: oneUp },
  agentPaused: { what: "an agent hangs for 30 s", bound: twoReconnects },
  halfCutOff: { what: "half of the members are cut off for a minute", bound: twoReconnects },
  packetLoss: {
    what: "20 joiners are added while 25 % of all packets are lost",
    takesUp: true,
    bound: 120,
  },
  engineRestarted: { what: "the engine is restarted", bound: 120 },
  hostRebooted: { what: "the host is rebooted: the containers", bound: 120 },
  hostRebootedAgent: {
    what: "the host is rebooted: the host's agent",
    takesUp: true,
    bound: oneUp,
  },
  upKilled: { what: "`up` is killed at ten random moments", takesUp: true, bound: 120 },
  diskFull: { what: "a joiner is killed while its disk is full", bound: 30 },
  nameTaken: {
    what: "a new joiner's name is taken, until the other container is renamed",
    takesUp: true,
    bound: oneUp,
  },
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof faults;
