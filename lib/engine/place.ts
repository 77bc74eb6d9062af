/** Tells from evidence whether an engine behind a unix socket runs on this host, in this network. */

/** What an engine tells of its host. */
export interface EngineFacts {
  /** The host's name. */
  readonly name: string;
  /** The kernel's release. */
  readonly kernel: string;
  /** For example `Docker Desktop`. */
  readonly system: string;
  /** Whether it runs without root, in a network namespace of its own. */
  readonly isRootless: boolean;
  /** Whether users in containers are others on the host (`userns-remap`). */
  readonly remapsUsers: boolean;
  /** Whether it is a node of a Swarm. */
  readonly isSwarmNode: boolean;
  /** The interfaces of its bridge networks, as far as their names are told. */
  readonly bridges: readonly string[];
}

/** What can be seen of this host without an engine. */
export interface HostFacts {
  readonly name: string;
  readonly kernel: string;
  /** The interfaces of this network namespace. */
  readonly interfaces: readonly string[];
}

/**
 * Why an engine behind a unix socket is not this host's, as the rest of a sentence that begins with the
 * engine; undefined when nothing speaks against it. A socket says little: behind it may be a virtual
 * machine's engine (Docker Desktop), another machine's (a forwarded socket), or one in a network namespace of its
 * own (rootless). There a process of this host cannot reach the containers.
 *
 * @param hasListener whether a process of this network namespace listens at the socket; undefined: unknown.
 */
export function whyElsewhere(
  engine: EngineFacts,
  host: HostFacts,
  hasListener: boolean | undefined,
): string | undefined {
  if (engine.isRootless) return "runs rootless, in a network namespace of its own";
  if (engine.name !== host.name || engine.kernel !== host.kernel) {
    return `runs on another host, ${engine.name} (${engine.system}, kernel ${engine.kernel})`;
  }
  const isHere = (name: string) => host.interfaces.includes(name);
  const missing = "runs in another network namespace";
  if (hasListener === false) return missing;
  // A bridge that is named by its network's ID exists once in the world, others in each namespace.
  const unique = engine.bridges.filter((name) => /^br-[0-9a-f]{12}$/.test(name));
  const bridges = unique.length > 0 ? unique : engine.bridges;
  return bridges.length > 0 && !bridges.some(isHere) ? missing : undefined;
}
