import * as pulumi from "@pulumi/pulumi";
import { chosenEngine } from "../programs/engineContext.ts";
import { engineElsewhere } from "../programs/enginePlace.ts";
import { readHandlerFiles } from "./handlerFiles.ts";
import { engineEnvironment, EngineHostError } from "./engineHost.ts";
import { configuredEngine, parseSettings, type Settings, SettingsError } from "./settings.ts";

/** The SDK keeps the keys of secret values to itself; its language host gives them in this variable. */
function secretKeys(): string[] {
  return JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]") as string[];
}

/**
 * Reads and validates the configuration of the stack that is being deployed.
 *
 * @throws pulumi.RunError, which Pulumi prints without a stack trace, with every fault.
 */
export async function loadSettings(): Promise<Settings> {
  const namespace = `${pulumi.getProject()}:`;
  const values = Object.fromEntries(
    Object.entries(pulumi.runtime.allConfig())
      .filter(([key]) => key.startsWith(namespace))
      .map(([key, value]) => [key.slice(namespace.length), value]),
  );
  // A host that reaches no image registry has made base images of its own; see setup.
  values["builderImage"] ||= process.env["SERF_BUILDER_IMAGE"] ?? "";
  values["runtimeImage"] ||= process.env["SERF_RUNTIME_IMAGE"] ?? "";
  const configured = configuredEngine(values);
  // From here on this process talks to the stack's engine.
  if (configured !== undefined) Object.assign(process.env, engineEnvironment(configured));
  try {
    const engine = chosenEngine();
    return parseSettings(values, {
      stack: pulumi.getStack(),
      platform: process.platform,
      handlerFiles: readHandlerFiles("docker/handlers"),
      engine,
      elsewhere: await engineElsewhere(),
      isSecret: (key) => secretKeys().includes(`${namespace}${key}`),
    });
  } catch (error) {
    const isSentence = error instanceof SettingsError || error instanceof EngineHostError;
    if (isSentence) throw new pulumi.RunError(error.message);
    throw error;
  }
}
