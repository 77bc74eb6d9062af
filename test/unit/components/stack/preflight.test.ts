import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  chooseEngine,
  isNamedOffline,
  linkEngine,
} from "../../../../components/stack/engineLink.ts";
import { reachesEngine } from "../../../../components/stack/preflight.ts";
import { query } from "../../../../lib/engine/api.ts";
import { parseSettings } from "../../../../lib/settings/settings.ts";
import { FakeEngine } from "../../support/fakeEngine.ts";
import { declare, ofType, types } from "../../support/mocks.ts";

function settings(config: Readonly<Record<string, string>> = {}) {
  return parseSettings(config, {
    stack: "test",
    platform: "linux",
    handlerFiles: [{ name: "load", isExecutable: true }],
  });
}

const isReached = async (preview: boolean, config: Readonly<Record<string, string>> = {}) => {
  const { dockerHost: host } = settings(config);
  const configured = host === undefined ? undefined : { host };
  const { returned } = await declare(() => reachesEngine(configured), { preview });
  return returned;
};

let warn: ReturnType<typeof vi.spyOn>;

beforeEach(() => {
  warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue(undefined);
  // Differs from any engine that this machine may have.
  vi.stubEnv("DOCKER_HOST", "unix:///nonexistent/docker.sock");
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe("an engine that does not answer", () => {
  test("makes an `up` fail, with where it was chosen and the reason", async () => {
    const failure = isReached(false);
    await expect(failure).rejects.toThrow(pulumi.RunError);
    await expect(failure).rejects.toThrow(
      /^DOCKER_HOST is unix:\/\/\/nonexistent\/docker\.sock, but no Docker engine answers there: .*ENOENT/,
    );
    expect(warn).not.toHaveBeenCalled();
  });

  test("is reported with the setting that chose it", async () => {
    const config = { dockerHost: "unix:///nonexistent/docker.sock" };
    await expect(isReached(false, config)).rejects.toThrow(/^dockerHost is unix:/);
  });

  test("is a single warning in a preview", async () => {
    expect(await isReached(true)).toBe(false);
    expect(warn).toHaveBeenCalledExactlyOnceWith(
      expect.stringMatching(
        /^DOCKER_HOST is unix:.*ENOENT.*\nThe configuration is compared with the state alone/,
      ),
    );
  });
});

test("an offline preview does not contact the engine, and does not warn", async () => {
  vi.stubEnv("SERF_OFFLINE", "true");
  expect(await isReached(true)).toBe(false);
  expect(warn).not.toHaveBeenCalled();
  // An `up` needs an engine in any case.
  await expect(isReached(false)).rejects.toThrow(pulumi.RunError);
});

test("an engine that answers is reached", async () => {
  const fake = await FakeEngine.start();
  try {
    fake.answers = {
      "GET /v1.41/info": { body: JSON.stringify({ Name: "x", SecurityOptions: null }) },
      [`GET /v1.41/networks?${query({ filters: { driver: ["bridge"] } })}`]: { body: "[]" },
    };
    expect(await isReached(true)).toBe(true);
    expect(await isReached(false)).toBe(true);
  } finally {
    fake.stop();
  }
});

describe("the link to the engine", () => {
  const chosen = { host: "tcp://engine.example:2376", certPath: "/certs" };
  const linked = async (isOffline: boolean, engine: typeof chosen | undefined) => {
    const { declared } = await declare(() => linkEngine(engine, isOffline).transforms?.length);
    return ofType(declared, types.provider)["default-engine"]!.inputs;
  };

  test("is a provider for the chosen engine, or for the provider's default", async () => {
    expect(await linked(false, chosen)).toMatchObject(chosen);
    expect(await linked(false, undefined)).toMatchObject({ host: process.env["DOCKER_HOST"] });
  });

  test.each([chosen, undefined])(
    "offline it is a provider that contacts no engine, whatever is chosen",
    async (engine) => {
      expect(await linked(true, engine)).toMatchObject({ host: "ssh://offline.invalid" });
    },
  );

  test.each([
    ["ssh://me@edge.example", true],
    ["tcp://edge.example:2376", false],
    [undefined, false],
  ])("offline it may name %s: %s", (dockerHost, isNamed) => {
    expect(isNamedOffline({ dockerHost, engines: [] })).toBe(isNamed);
  });

  /** A resource's inputs and options after the transformation. */
  const transformed = async (isOffline: boolean, type: string, props: object) => {
    let result: { props: unknown; opts: unknown } | undefined;
    await declare(() => {
      const [transform] = linkEngine(chosen, isOffline).transforms!;
      const args = { type, props, opts: {}, name: "x", custom: true };
      result = transform!(args) as typeof result;
    });
    return result;
  };
  const command = { create: "true", environment: { OWN: "1" } };

  test("passes the chosen engine to commands, and changes nothing else", async () => {
    expect(await transformed(false, types.command, command)).toMatchObject({
      props: { create: "true", environment: { OWN: "1", DOCKER_HOST: chosen.host } },
    });
    expect(await transformed(false, types.container, {})).toBeUndefined();
  });

  test("offline, another engine is not a change of a command", async () => {
    expect(await transformed(true, types.command, command)).toEqual({
      props: command,
      opts: { ignoreChanges: expect.arrayContaining(["environment.DOCKER_HOST"]) as string[] },
    });
  });
});

test("the configuration's engine takes precedence over the environment's", () => {
  expect(chooseEngine(settings({ dockerHost: "tcp://a.example:2376" }))).toMatchObject({
    host: "tcp://a.example:2376",
  });
  expect(process.env["DOCKER_HOST"]).toBe("tcp://a.example:2376");
});
