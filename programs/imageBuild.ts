/**
 * Builds an image with the docker client, on the engine that the client talks to.
 *
 *     node programs/imageBuild.ts < input.json
 *
 * components/serfImage.ts says where this takes the place of the provider's own build.
 */
import { text } from "node:stream/consumers";
import { docker, printResult } from "../lib/host/run.ts";
import type { ImageBuild } from "../lib/inputs/imageBuild.ts";

/** Milliseconds; Serf is compiled meanwhile. */
const buildTimeout = 900_000;

await printResult(async () => {
  const { image, context, buildArgs, labels } = JSON.parse(await text(process.stdin)) as ImageBuild;
  const named = (option: string, values: Readonly<Record<string, string>>) =>
    Object.entries(values).flatMap(([name, value]) => [option, `${name}=${value}`]);
  const options = [...named("--build-arg", buildArgs), ...named("--label", labels)];
  await docker(["build", "--tag", image, ...options, context], buildTimeout);
  return undefined;
});
