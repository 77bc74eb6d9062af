/** What git ignores: the state backend, the passphrase, notes of runs under way, the host's agents. */
export const ownFolder = ".serf";
