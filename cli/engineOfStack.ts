import {
  allowedEngineHosts,
  engineEnvironment,
  formatEngineHost,
  parseEngineHost,
} from "../components/engineHost.ts";
import { hostSource } from "../programs/engineContext.ts";
import { UserError } from "../setup/errors.ts";
import { configFile, plainSetting } from "./stackConfig.ts";

/**
 * Lets this process, and all that it starts, talk to the engine that the stack's configuration names.
 * Where it names none, the docker client's choice stays.
 *
 * @throws UserError when the file cannot be read, or what it names is no engine.
 */
export function useEngineOf(stack: string): void {
  const host = plainSetting(stack, "dockerHost");
  if (host === undefined) return;
  const address = parseEngineHost(host);
  if (address === undefined) {
    throw new UserError(`dockerHost is "${host}", allowed is ${allowedEngineHosts}.`);
  }
  const certPath = plainSetting(stack, "dockerCertPath");
  const engine = { host: formatEngineHost(address), certPath };
  Object.assign(process.env, engineEnvironment(engine), {
    [hostSource]: `dockerHost in ${configFile(stack)}`,
  });
}
