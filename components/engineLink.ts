import { isDeepStrictEqual } from "node:util";
import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { chosenEngine } from "../programs/engineContext.ts";
import { defaultHost, type EngineHost, engineEnvironment } from "./engineHost.ts";
import type { Settings } from "./settings.ts";

/** What makes components, and all that belongs to them, talk to one engine. */
export type EngineLink = Pick<pulumi.ComponentResourceOptions, "providers" | "transforms">;

/**
 * Finds the engine of a stack, and lets this process talk to it as well.
 *
 * Pulumi's Docker provider and what commands start know nothing of the stack's configuration, and the provider
 * reads the environment in another way than the docker client: for these two the link names the engine.
 *
 * @returns the options for each component; empty where nothing needs to be named.
 */
export function linkEngine({ dockerHost, dockerCertPath }: Settings): EngineLink {
  const host =
    dockerHost === undefined ? engineToName() : { host: dockerHost, certPath: dockerCertPath };
  if (host === undefined) return {};
  const environment = engineEnvironment(host);
  Object.assign(process.env, environment);
  const provider = new docker.Provider("engine", {
    host: host.host,
    // Left out, both would be taken from the environment, and the context before the host.
    certPath: host.certPath ?? "",
    context: "",
  });
  const withEnvironment: pulumi.ResourceTransform = ({ type, props, opts }) => {
    if (type !== "command:local:Command") return undefined;
    const { environment: own } = props as { environment?: Readonly<Record<string, string>> };
    return { props: { ...props, environment: { ...environment, ...own } }, opts };
  };
  return { providers: { docker: provider }, transforms: [withEnvironment] };
}

/** The docker client's engine, where the provider would find another one by itself. */
function engineToName(): EngineHost | undefined {
  const { DOCKER_HOST, DOCKER_CERT_PATH, DOCKER_CONTEXT } = process.env;
  const ofProvider = [DOCKER_HOST || defaultHost, DOCKER_CERT_PATH || "", DOCKER_CONTEXT || ""];
  const { host, certPath } = chosenEngine() ?? { host: defaultHost };
  return isDeepStrictEqual(ofProvider, [host, certPath ?? "", ""]) ? undefined : { host, certPath };
}
