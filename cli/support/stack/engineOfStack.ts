import { pingEngine } from "../../../lib/engine/api.ts";
import { chosenEngine, hostSource } from "../../../lib/engine/context.ts";
import {
  allowedEngineHosts,
  engineEnvironment,
  formatEngineHost,
  parseEngineHost,
} from "../../../lib/engine/host.ts";
import { type NamedEngine, onEngine } from "../../../lib/engine/scope.ts";
import { UserError } from "../../../lib/host/errors.ts";
import type { StackSettings } from "./settings.ts";

/**
 * Makes this process and its children use the engine that the stack's configuration names. When it names
 * none, they use the one that the docker client would choose; of several, the first one that answers.
 *
 * @throws UserError when the configured address is not valid.
 */
export async function useEngineOf(stack: string, settings: StackSettings): Promise<void> {
  const { engines } = settings;
  if (engines.length > 0) {
    const { name, ...engine } = await firstThatAnswers(engines);
    Object.assign(process.env, engineEnvironment(engine), {
      [hostSource]: `The engine ${name} of stack ${stack}`,
    });
    return;
  }
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

/** Milliseconds in which one of several engines must answer. */
const answerTime = 3000;

/** The first engine that answers, so that the commands work while another is lost; the first one if none does. */
async function firstThatAnswers(engines: readonly NamedEngine[]): Promise<NamedEngine> {
  for (const one of engines) {
    const answers = await onEngine(one, () => pingEngine(answerTime)).catch(() => undefined);
    if (answers !== undefined) return one;
  }
  return engines[0]!;
}

/** @throws UserError when the engine does not answer within 8 s. */
export async function requireEngine(): Promise<void> {
  await pingEngine(8000).catch((error: unknown) => {
    const { source, host } = chosenEngine() ?? { source: "The engine", host: "the local socket's" };
    throw new UserError(
      `${source} is ${host}, but no Docker engine answers there: ${(error as Error).message}`,
    );
  });
}
