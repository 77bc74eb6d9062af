/** Decides whether an engine behind a unix socket is on this host, in this network namespace. */

/** An engine's facts about its host. */
export interface EngineFacts {
  /** The host's name. */
  readonly name: string;
  /** The kernel release. */
  readonly kernel: string;
  /** For example `Docker Desktop`. */
  readonly system: string;
  /** Whether it runs rootless, in a network namespace of its own. */
  readonly isRootless: boolean;
  /** Whether it maps the users in containers to other users on the host (`userns-remap`). */
  readonly remapsUsers: boolean;
  /** Whether it is a Swarm node. */
  readonly isSwarmNode: boolean;
  /** The interface names of its bridge networks, as far as they are known. */
  readonly bridges: readonly string[];
}

/** Facts about this host that are known without the engine. */
export interface HostFacts {
  readonly name: string;
  readonly kernel: string;
  /** The interface names in this network namespace. */
  readonly interfaces: readonly string[];
}

/**
 * Why an engine behind a unix socket is not on this host, as the rest of a sentence that begins with the engine;
 * undefined if nothing indicates that. The socket alone proves nothing: it may belong to an engine in a virtual
 * machine (Docker Desktop), on another machine (a forwarded socket), or in a network namespace of its own
 * (rootless). In all these cases a process on this host cannot reach the containers.
 *
 * @param hasListener whether a process in this network namespace listens on the socket; undefined: unknown.
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
  // A bridge named after its network's ID is unique; names such as docker0 exist in every namespace.
  const unique = engine.bridges.filter((name) => /^br-[0-9a-f]{12}$/.test(name));
  const bridges = unique.length > 0 ? unique : engine.bridges;
  return bridges.length > 0 && !bridges.some(isHere) ? missing : undefined;
}
