import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { chosenEngine } from "../programs/engineContext.ts";
import { type EngineHost, engineEnvironment } from "./engineHost.ts";
import type { Settings } from "./settings.ts";

/** What makes components, and all that belongs to them, talk to one engine. */
export type EngineLink = Pick<pulumi.ComponentResourceOptions, "providers" | "transforms">;

/**
 * Finds the engine of a stack, and lets this process talk to it as well.
 *
 * Pulumi's Docker provider and what commands start know `DOCKER_HOST` by themselves, but no context of the
 * docker client, and nothing of the stack's configuration: for these two the link names the engine.
 *
 * @returns the options for each component; empty where nothing needs to be named.
 */
export function linkEngine({ dockerHost, dockerCertPath }: Settings): EngineLink {
  const host =
    dockerHost === undefined ? engineOfContext() : { host: dockerHost, certPath: dockerCertPath };
  if (host === undefined) return {};
  const environment = engineEnvironment(host);
  Object.assign(process.env, environment);
  const provider = new docker.Provider("engine", {
    host: host.host,
    ...(host.certPath !== undefined && { certPath: host.certPath }),
  });
  const withEnvironment: pulumi.ResourceTransform = ({ type, props, opts }) => {
    if (type !== "command:local:Command") return undefined;
    const { environment: own } = props as { environment?: Readonly<Record<string, string>> };
    return { props: { ...props, environment: { ...environment, ...own } }, opts };
  };
  return { providers: { docker: provider }, transforms: [withEnvironment] };
}

function engineOfContext(): EngineHost | undefined {
  return process.env["DOCKER_HOST"] ? undefined : chosenEngine();
}
