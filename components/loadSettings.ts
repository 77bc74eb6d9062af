import * as pulumi from "@pulumi/pulumi";
import { chosenEngine } from "../programs/engineContext.ts";
import { readHandlerFiles } from "./handlerFiles.ts";
import type { StandIns } from "./recordedState.ts";
import { parseSettings, type Settings, SettingsError } from "./settings.ts";

/** The SDK keeps the keys of secret values to itself; its language host gives them in this variable. */
function secretKeys(): string[] {
  return JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]") as string[];
}

/** The base images that this host has made of its own, since it reaches no image registry; see setup. */
export function ownStandIns(): StandIns {
  const { SERF_BUILDER_IMAGE: builderImage, SERF_RUNTIME_IMAGE: runtimeImage } = process.env;
  return { builderImage, runtimeImage };
}

/**
 * Reads and validates the configuration of the stack that is being deployed.
 *
 * @throws pulumi.RunError, which Pulumi prints without a stack trace, with every fault.
 */
export function loadSettings(): Settings {
  const namespace = `${pulumi.getProject()}:`;
  const values = Object.fromEntries(
    Object.entries(pulumi.runtime.allConfig())
      .filter(([key]) => key.startsWith(namespace))
      .map(([key, value]) => [key.slice(namespace.length), value]),
  );
  try {
    return parseSettings(values, {
      stack: pulumi.getStack(),
      platform: process.platform,
      handlerFiles: readHandlerFiles("docker/handlers"),
      engine: chosenEngine(),
      isSecret: (key) => secretKeys().includes(`${namespace}${key}`),
    });
  } catch (error) {
    if (error instanceof SettingsError) throw new pulumi.RunError(error.message);
    throw error;
  }
}
