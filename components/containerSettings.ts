/** What the containers of all agents have alike, the seed's and the joiners'. */

/** Seconds that an agent has to leave when it is stopped. Serf gives itself 3; the rest is for a busy host. */
export const stopGrace = 10;

export const restartPolicy = "unless-stopped";

/**
 * The permissions of the agent's configuration. The engine would look an owner up among the host's
 * users, so the file is root's, and the agent reads it as a member of root's group.
 */
export const configPermissions = 0o440;
