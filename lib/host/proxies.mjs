/** The names of this host, which no proxy can reach. */
const loopback = ["localhost", "127.0.0.1", "::1"];

/**
 * Adds loopback to a list of hosts that are reached without a proxy. `@grpc/grpc-js` would take a blank after a
 * comma for a part of a host's name.
 *
 * @param {string | undefined} hosts
 */
export function withLoopback(hosts = "") {
  const names = hosts.split(",").map((name) => name.trim());
  return [...new Set([...names.filter((name) => name !== ""), ...loopback])].join();
}
