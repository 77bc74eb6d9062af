import { defineConfig } from "vitest/config";

/** Tests on the engine share its ports and networks, so their files run one after the other. */
const serial = { fileParallelism: false, testTimeout: 300_000, hookTimeout: 300_000 };

/** On the engine that the docker client on this machine uses. */
const noEngine = { DOCKER_HOST: "", DOCKER_CONTEXT: "", DOCKER_CONFIG: "/nonexistent" };

/** Tests of the whole program take a second, but many seconds on a busy machine. */
const busy = { testTimeout: 60_000 };

/** Long tests, such as failures and recovery, which wait for minutes. */
const long = { ...serial, testTimeout: 900_000, hookTimeout: 600_000 };

export default defineConfig({
  test: {
    silent: "passed-only",
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], env: noEngine, ...busy } },
      { test: { name: "quick", include: ["test/live/quick/**/*.test.ts"], ...serial } },
      { test: { name: "long", include: ["test/live/long/**/*.test.ts"], ...long } },
      { test: { name: "swarm", include: ["test/live/swarm/**/*.test.ts"], ...long } },
    ],
  },
});
