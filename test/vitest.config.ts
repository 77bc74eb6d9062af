import { defineConfig } from "vitest/config";

/** Tests on the engine share its ports and networks, so their files run one after another. */
const serial = { fileParallelism: false, testTimeout: 300_000, hookTimeout: 300_000 };

/** Whatever engine the docker client on this machine talks to. */
const noEngine = { DOCKER_HOST: "", DOCKER_CONTEXT: "", DOCKER_CONFIG: "/nonexistent" };

/** Tests of the whole program take a second, and many on a machine with other work. */
const busy = { testTimeout: 60_000 };

/** Tests that wait for minutes, for what a cluster must survive. */
const long = { ...serial, testTimeout: 900_000, hookTimeout: 600_000 };

export default defineConfig({
  test: {
    silent: "passed-only",
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], env: noEngine, ...busy } },
      { test: { name: "setup", include: ["test/setup/**/*.test.ts"], ...busy } },
      { test: { name: "plugin", include: ["test/plugin/**/*.test.ts"], ...serial } },
      { test: { name: "e2e", include: ["test/e2e/**/*.test.ts"], ...serial } },
      { test: { name: "lifecycle", include: ["test/lifecycle/**/*.test.ts"], ...long } },
      { test: { name: "rolling", include: ["test/rolling/**/*.test.ts"], ...long } },
      { test: { name: "failures", include: ["test/failures/**/*.test.ts"], ...long } },
      { test: { name: "engines", include: ["test/engines/**/*.test.ts"], ...long } },
      { test: { name: "machine", include: ["test/machine/**/*.test.ts"], ...serial } },
    ],
  },
});
