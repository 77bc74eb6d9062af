/** A fault that clusters are put through, and what is expected of them. */
export interface Fault {
  /** For a person to read, in the documents' table and as the test's name. */
  readonly what: string;
  /** Whether a person has to bring the stack up again. Default: the cluster is whole again by itself. */
  readonly takesUp?: true;
  /**
   * Seconds in which the cluster must be whole again: since the fault, since its end where it lasts,
   * or since the beginning of the `up` that a person starts.
   */
  readonly bound: number;
}

// Serf tries to reach a failed member every 30 s, and may choose another one the first time.
const twoReconnects = 75;

// An `up` waits 60 s at most for the cluster to form.
const oneUp = 90;

/** The faults, by their names in the recorded results. */
export const faults = {
  joinerKilled: { what: "a joiner is killed", bound: 30 },
  seedKilled: { what: "the seed is killed", bound: 30 },
  seedGone: { what: "the seed is gone for good", takesUp: true, bound: oneUp },
  hostAgentKilled: { what: "the host's agent is killed", takesUp: true, bound: oneUp },
  agentPaused: { what: "an agent stands still for 30 s", bound: twoReconnects },
  halfCutOff: { what: "half of the members are cut off for a minute", bound: twoReconnects },
  packetLoss: {
    what: "20 joiners are added while 25 % of all packets are lost",
    takesUp: true,
    bound: 120,
  },
  engineRestarted: { what: "the engine is restarted", bound: 120 },
  hostRebooted: { what: "the host is rebooted: its containers", bound: 120 },
  hostRebootedAgent: { what: "the host is rebooted: its agent", takesUp: true, bound: oneUp },
  upKilled: { what: "`up` is killed, at ten random moments", takesUp: true, bound: 120 },
  diskFull: { what: "the disk of a joiner is full, and the joiner is killed", bound: 30 },
  nameTaken: {
    what: "a new joiner's name is another container's, until that is renamed",
    takesUp: true,
    bound: oneUp,
  },
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof faults;
