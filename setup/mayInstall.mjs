/**
 * Whether commands may install what is missing. They may unless `SERF_INSTALL` is `no`.
 *
 * @throws Error when `SERF_INSTALL` is neither yes nor no.
 */
export function mayInstall() {
  const { SERF_INSTALL: value = "" } = process.env;
  if (value === "no") return false;
  if (value === "yes" || value === "") return true;
  throw new Error(`SERF_INSTALL is ${JSON.stringify(value)}, allowed is yes or no`);
}
