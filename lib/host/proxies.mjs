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

/** The variables that name proxies, in both their spellings. */
export const proxyVariables = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"].flatMap((name) => [
  name,
  name.toLowerCase(),
]);

/**
 * Whether the environment names a proxy.
 *
 * @param {NodeJS.ProcessEnv} env
 */
export function hasProxy(env) {
  return proxyVariables.some((name) => !/^no_/i.test(name) && env[name]);
}

/**
 * What makes Node.js, and what it starts, use the proxies that the environment names, and none for loopback;
 * empty where it names none (https://nodejs.org/api/cli.html#node_use_env_proxy1).
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {Record<string, string>}
 */
export function proxyEnvironment(env) {
  if (!hasProxy(env)) return {};
  const direct = withLoopback(env["no_proxy"] || env["NO_PROXY"]);
  return { NODE_USE_ENV_PROXY: "1", NO_PROXY: direct, no_proxy: direct };
}
