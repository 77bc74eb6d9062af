import { hostSource } from "../../../lib/engine/context.ts";
import {
  allowedEngineHosts,
  engineEnvironment,
  formatEngineHost,
  parseEngineHost,
} from "../../../lib/engine/host.ts";
import { UserError } from "../../../lib/host/errors.ts";
import type { StackSettings } from "./settings.ts";

/**
 * Makes this process and its children use the engine that the stack's configuration names. When it names
 * none, they use the one that the docker client would choose.
 *
 * @throws UserError when the configured address is not valid.
 */
export function useEngineOf(stack: string, settings: StackSettings): void {
  const host = settings.value("dockerHost");
  if (host === undefined) return;
  const address = parseEngineHost(host);
  if (address === undefined) {
    throw new UserError(`dockerHost is "${host}", allowed is ${allowedEngineHosts}.`);
  }
  const certPath = settings.value("dockerCertPath");
  const engine = { host: formatEngineHost(address), certPath };
  Object.assign(process.env, engineEnvironment(engine), {
    [hostSource]: `dockerHost of stack ${stack}`,
  });
}
