import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { isDeepStrictEqual } from "node:util";
import type { ImageBuilder } from "../../lib/cluster/image.ts";
import { chosenEngine } from "../../lib/engine/context.ts";
import { defaultHost, engineEnvironment, type EngineHost } from "../../lib/engine/host.ts";
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
export function chooseEngine({ dockerHost, dockerCertPath }: Settings): EngineHost | undefined {
  const host =
    dockerHost === undefined ? engineToName() : { host: dockerHost, certPath: dockerCertPath };
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
export function isNamedOffline({ dockerHost }: Pick<Settings, "dockerHost">): boolean {
  return dockerHost?.startsWith("ssh:") ?? false;
}

/**
 * The options for each component that has resources on the engine.
 *
 * @param isOffline whether this is a preview that must name no engine.
 */
export function linkEngine(chosen: EngineHost | undefined, isOffline: boolean): EngineLink {
  // The name makes Pulumi treat it as a default provider, so that a preview does not list it among the changes.
  const named = isOffline ? { host: offlineEngine } : chosen;
  const provider = new docker.Provider(
    "default-engine",
    // The provider would read omitted values from the environment, and prefer the context to the host.
    named && { host: named.host, certPath: named.certPath ?? "", context: "" },
  );
  const environment = chosen && engineEnvironment(chosen);
  if (environment === undefined && !isOffline) return { providers: { docker: provider } };
  const withEnvironment: pulumi.ResourceTransform = ({ type, props, opts }) => {
    if (type !== "command:local:Command") return undefined;
    const { environment: own } = props as { environment?: Readonly<Record<string, string>> };
    if (!isOffline) return { props: { ...props, environment: { ...environment, ...own } }, opts };
    // How this machine reaches the engine is not part of the configuration.
    const keys = Object.keys(engineEnvironment({ host: offlineEngine }));
    return { props, opts: { ...opts, ignoreChanges: keys.map((key) => `environment.${key}`) } };
  };
  return { providers: { docker: provider }, transforms: [withEnvironment] };
}
