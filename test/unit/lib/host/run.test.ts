import { expect, test } from "vitest";
import { clientEnvironment } from "../../../../lib/host/run.ts";

test("the docker client treats our images as the provider does, and talks to the user's engine", () => {
  const env = { DOCKER_CONTENT_TRUST: "1", DOCKER_DEFAULT_PLATFORM: "linux/s390x" };
  const kept = { DOCKER_HOST: "tcp://there:2375", DOCKER_CONTEXT: "lab", PATH: "/bin" };
  expect(clientEnvironment({ ...env, ...kept, DOCKER_BUILDKIT: "1" })).toEqual(kept);
  expect(clientEnvironment({ DOCKER_BUILDKIT: "0" })).toEqual({ DOCKER_BUILDKIT: "0" });
});
