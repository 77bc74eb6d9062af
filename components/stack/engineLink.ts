import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { isDeepStrictEqual } from "node:util";
import type { ImageBuilder } from "../../lib/cluster/image.ts";
import type { Registry } from "../../lib/cluster/registry.ts";
import { chosenEngine } from "../../lib/engine/context.ts";
import { defaultHost, engineEnvironment, type EngineHost } from "../../lib/engine/host.ts";
import { engineProvider } from "../../lib/drift/recorded.ts";
import type { NamedEngine } from "../../lib/engine/scope.ts";
import { hasProxy } from "../../lib/host/proxies.mjs";
import { offlineEngine } from "../../lib/preflight/offline.ts";
import type { Settings } from "../../lib/settings/types.ts";

/** Options that make a component and its children use one engine. */
export type EngineLink = Pick<pulumi.ComponentResourceOptions, "providers" | "transforms">;

/**
 * Finds the engine that the stack's configuration or the docker client's context names, and makes this process use
 * it.
 *
 * @returns undefined if the engine need not be named: Pulumi's provider and the commands find it by themselves.
 *   The provider reads the environment differently from the docker client, so this is not always the case.
 */
export function chooseEngine(settings: Settings): EngineHost | undefined {
  const { dockerHost, dockerCertPath, engines } = settings;
  const [first] = engines;
  const host =
    first !== undefined
      ? first
      : dockerHost === undefined
        ? engineToName()
        : { host: dockerHost, certPath: dockerCertPath };
  if (host !== undefined) Object.assign(process.env, engineEnvironment(host));
  return host;
}

/** The docker client's engine, if the provider would choose a different one. */
function engineToName(): EngineHost | undefined {
  const { DOCKER_HOST, DOCKER_CERT_PATH, DOCKER_CONTEXT } = process.env;
  const ofProvider = [DOCKER_HOST || defaultHost, DOCKER_CERT_PATH || "", DOCKER_CONTEXT || ""];
  const { host, certPath } = chosenEngine() ?? { host: defaultHost };
  return isDeepStrictEqual(ofProvider, [host, certPath ?? "", ""]) ? undefined : { host, certPath };
}

/**
 * What builds the images for this process's engine; serfImage.ts explains why there are two ways. With a proxy it
 * is the docker client, which passes the proxy settings on; as inputs of the provider's build they would be in the
 * state. Once the client has built an image it stays the builder: a proxy that one machine has and another has not must
 * not replace the image.
 *
 * @param recorded what built the image last.
 * @param isReached whether the engine answers; if not, what built the image last is kept.
 */
export function imageBuilder(recorded: ImageBuilder | undefined, isReached: boolean): ImageBuilder {
  if (recorded !== undefined && (recorded === "client" || !isReached)) return recorded;
  const isNamed = chosenEngine() !== undefined || hasProxy(process.env);
  return isNamed ? "client" : "provider";
}

/**
 * Whether a preview that contacts no engine can name the configured one all the same: for `ssh://` the provider makes
 * no connection when it is configured. A plan that is saved in such a preview fits the `up` on the engine.
 */
export function isNamedOffline({
  dockerHost,
  engines,
}: Pick<Settings, "dockerHost" | "engines">): boolean {
  const hosts = engines.length > 0 ? engines.map(({ host }) => host) : [dockerHost];
  return hosts.every((host) => host?.startsWith("ssh:") ?? false);
}

/**
 * The options for each component that has resources on the engine.
 *
 * @param isOffline whether this is a preview that must name no engine.
 * @param isFirst whether it is the first of several engines, whose addresses are always in the
 *   configuration. Default: it is not.
 */
export function linkEngine(
  chosen: EngineHost | undefined,
  isOffline: boolean,
  isFirst = false,
): EngineLink {
  const named = isOffline ? { host: offlineEngine } : chosen;
  // The name makes Pulumi treat it as a default provider, so that a preview does not list it among the changes.
  const provider = new docker.Provider("default-engine", named && providerArgs(named));
  return linkThrough(provider, chosen, isOffline && !isFirst);
}

/**
 * The options for each component that has resources on one of several engines. Its provider is not a default one: a
 * member that moves to another engine must be replaced.
 *
 * @param isOffline whether this is a preview that must name no engine.
 */
export function linkNamedEngine(
  engine: NamedEngine,
  registry: Registry,
  isOffline: boolean,
): EngineLink & { readonly provider: docker.Provider } {
  const { user: username, password, address } = registry;
  const provider = new docker.Provider(`${engineProvider}${engine.name}`, {
    ...providerArgs(isOffline ? { host: offlineEngine } : engine),
    ...(username !== undefined && {
      registryAuth: [{ address, username, password: pulumi.secret(password!) }],
    }),
  });
  return { provider, ...linkThrough(provider, engine, false) };
}

/** The provider would read omitted values from the environment, and prefer the context to the host. */
function providerArgs({ host, certPath = "" }: EngineHost): docker.ProviderArgs {
  return { host, certPath, context: "" };
}

/** @param isHidden whether the commands' environment must not show how this machine reaches the engine. */
function linkThrough(
  provider: docker.Provider,
  chosen: EngineHost | undefined,
  isHidden: boolean,
): EngineLink {
  const environment = chosen && engineEnvironment(chosen);
  if (environment === undefined && !isHidden) return { providers: { docker: provider } };
  const withEnvironment: pulumi.ResourceTransform = ({ type, props, opts }) => {
    if (type !== "command:local:Command") return undefined;
    const { environment: own } = props as { environment?: Readonly<Record<string, string>> };
    if (!isHidden) return { props: { ...props, environment: { ...environment, ...own } }, opts };
    // How this machine reaches the engine is not part of the configuration.
    const keys = Object.keys(engineEnvironment({ host: offlineEngine }));
    return { props, opts: { ...opts, ignoreChanges: keys.map((key) => `environment.${key}`) } };
  };
  return { providers: { docker: provider }, transforms: [withEnvironment] };
}
