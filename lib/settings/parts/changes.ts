/** What a change of a setting does to a running cluster. Settings with the same text are one row of the documents. */
export const reloaded = "running agents reload it; nothing is restarted";
export const rotates = "the key rotates; nothing is restarted";
export const added = "joiners are added or removed; no other member is touched";
export const allContainers = "all containers are replaced";
export const hostAgentOnly = "the host's agent is restarted";
export const seedOnly = "the seed's container is replaced";
export const anotherEngine =
  "the stack moves to another engine: destroy it first, unless it is another manager of its Swarm";
export const nothing = "nothing";
export const leaseOnly = "an empty volume that nothing mounts is replaced";
