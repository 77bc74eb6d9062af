import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { allowedEngineHosts, engineEnvironment, isEngineHost } from "../components/engineHost.ts";
import { hostSource } from "../programs/engineContext.ts";
import { UserError } from "../setup/errors.ts";
import { project } from "./stack.ts";

/**
 * Lets this process, and all that it starts, talk to the engine that the stack's configuration names.
 * Where it names none, the docker client's choice stays.
 *
 * @throws UserError when the file cannot be read, or what it names is no engine.
 */
export function useEngineOf(stack: string): void {
  const file = `Pulumi.${stack}.yaml`;
  if (!existsSync(file)) return;
  const { config } = readYaml(file) as { config?: Readonly<Record<string, unknown>> | null };
  const text = (key: string) => {
    const value = config?.[`${project}:${key}`];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const [host, certPath] = [text("dockerHost"), text("dockerCertPath")];
  if (host === undefined) return;
  if (!isEngineHost(host)) {
    throw new UserError(`dockerHost is "${host}", allowed is ${allowedEngineHosts}.`);
  }
  Object.assign(process.env, engineEnvironment({ host, certPath }), {
    [hostSource]: `dockerHost in ${file}`,
  });
}

function readYaml(file: string): object {
  try {
    return (parse(readFileSync(file, "utf8")) ?? {}) as object;
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${(error as Error).message}`);
  }
}
