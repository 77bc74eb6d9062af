/** The folder, ignored by git, of the state backend, the passphrase, records of active runs and the host's agents. */
export const ownFolder = ".serf";
