import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { isDeepStrictEqual } from "node:util";
import type { ImageBuilder } from "../../lib/cluster/image.ts";
import { chosenEngine } from "../../lib/engine/context.ts";
import { defaultHost, engineEnvironment, type EngineHost } from "../../lib/engine/host.ts";
import { hasProxy } from "../../lib/host/proxies.mjs";
import type { Settings } from "../../lib/settings/types.ts";

/** What makes components, and all that belongs to them, talk to one engine. */
export type EngineLink = Pick<pulumi.ComponentResourceOptions, "providers" | "transforms">;

/**
 * Finds the engine that a stack's configuration or a context of the docker client names, and lets this process
 * talk to it.
 *
 * @returns undefined where neither has to be named: Pulumi's provider and what commands start find the engine by
 *   themselves, though the provider reads the environment in another way than the docker client.
 */
export function chooseEngine({ dockerHost, dockerCertPath }: Settings): EngineHost | undefined {
  const host =
    dockerHost === undefined ? engineToName() : { host: dockerHost, certPath: dockerCertPath };
  if (host !== undefined) Object.assign(process.env, engineEnvironment(host));
  return host;
}

/** The docker client's engine, where the provider would find another one by itself. */
function engineToName(): EngineHost | undefined {
  const { DOCKER_HOST, DOCKER_CERT_PATH, DOCKER_CONTEXT } = process.env;
  const ofProvider = [DOCKER_HOST || defaultHost, DOCKER_CERT_PATH || "", DOCKER_CONTEXT || ""];
  const { host, certPath } = chosenEngine() ?? { host: defaultHost };
  return isDeepStrictEqual(ofProvider, [host, certPath ?? "", ""]) ? undefined : { host, certPath };
}

/**
 * Who builds images for the engine that this process talks to; serfImage.ts has the reason. Proxies are the docker
 * client's to hand on as well: as inputs of the provider's build they would be in the state.
 */
export function imageBuilder(): ImageBuilder {
  const isNamed = chosenEngine() !== undefined || hasProxy(process.env);
  return isNamed ? "client" : "provider";
}

/**
 * An address that the provider does not reach when it is configured. The official one asks any other engine
 * whether it is there, in a preview, too, and fails where none answers
 * (https://github.com/pulumi/pulumi-docker/blob/v5.2.0/provider/image.go, configureDockerClient).
 */
const nowhere = "ssh://offline.invalid";

/**
 * The options for each component that has things on an engine.
 *
 * @param isOffline whether this is a preview that reaches no engine.
 */
export function linkEngine(chosen: EngineHost | undefined, isOffline: boolean): EngineLink {
  // Pulumi takes it for a default provider by its name, and so does not list the way to the engine among
  // the changes.
  const named = isOffline ? { host: nowhere } : chosen;
  const provider = new docker.Provider(
    "default-engine",
    // Left out, they would be taken from the environment, and the context before the host.
    named && { host: named.host, certPath: named.certPath ?? "", context: "" },
  );
  const environment = chosen && engineEnvironment(chosen);
  if (environment === undefined && !isOffline) return { providers: { docker: provider } };
  const withEnvironment: pulumi.ResourceTransform = ({ type, props, opts }) => {
    if (type !== "command:local:Command") return undefined;
    const { environment: own } = props as { environment?: Readonly<Record<string, string>> };
    if (!isOffline) return { props: { ...props, environment: { ...environment, ...own } }, opts };
    // Where it is reached from is no part of the configuration.
    const keys = Object.keys(engineEnvironment({ host: nowhere }));
    return { props, opts: { ...opts, ignoreChanges: keys.map((key) => `environment.${key}`) } };
  };
  return { providers: { docker: provider }, transforms: [withEnvironment] };
}
