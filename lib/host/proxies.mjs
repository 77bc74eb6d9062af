/** The names of this host, which must never go through a proxy. */
const loopback = ["localhost", "127.0.0.1", "::1"];

/**
 * Adds loopback to a list of hosts to reach without a proxy, and removes spaces: `@grpc/grpc-js` treats a space
 * after a comma as part of the host name.
 *
 * @param {string | undefined} hosts
 */
export function withLoopback(hosts = "") {
  const names = hosts.split(",").map((name) => name.trim());
  return [...new Set([...names.filter((name) => name !== ""), ...loopback])].join();
}

/** The variables that configure proxies, in both spellings. */
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
 * The environment variables that make Node.js and its child processes use the proxies that the environment names,
 * but not for loopback. Empty if none is named (https://nodejs.org/api/cli.html#node_use_env_proxy1).
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {Record<string, string>}
 */
export function proxyEnvironment(env) {
  if (!hasProxy(env)) return {};
  const direct = withLoopback(env["no_proxy"] || env["NO_PROXY"]);
  return { NODE_USE_ENV_PROXY: "1", NO_PROXY: direct, no_proxy: direct };
}
