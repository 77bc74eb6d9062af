/**
 * Builds an image with the docker client, on the client's engine.
 *
 *     node programs/imageBuild.ts < input.json
 *
 * components/image/serfImage.ts says when it is used instead of the provider's own build.
 */
import { text } from "node:stream/consumers";
import { proxyVariables } from "../lib/host/proxies.mjs";
import { docker, printResult } from "../lib/host/run.ts";
import type { ImageBuild } from "../lib/inputs/imageBuild.ts";

/** Milliseconds. Serf is compiled in this time. */
const buildTimeout = 900_000;

await printResult(async () => {
  const { image, context, buildArgs, labels } = JSON.parse(await text(process.stdin)) as ImageBuild;
  const named = (option: string, values: Readonly<Record<string, string>>) =>
    Object.entries(values).flatMap(([name, value]) => [option, `${name}=${value}`]);
  // Docker predefines these arguments and leaves them out of the image's history
  // (https://docs.docker.com/reference/dockerfile/#predefined-args). The client reads their values from its
  // environment.
  const proxies = proxyVariables.filter((name) => process.env[name]);
  const options = [
    ...named("--build-arg", buildArgs),
    ...proxies.flatMap((name) => ["--build-arg", name]),
    ...named("--label", labels),
  ];
  await docker(["build", "--tag", image, ...options, context], buildTimeout);
  return undefined;
});
