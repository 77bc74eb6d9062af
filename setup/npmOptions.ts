/** Finds the options that npm has kept for itself because they stood before `--`. */
import { UserError } from "../lib/host/errors.ts";
import { run } from "../lib/host/run.ts";

/**
 * Options that npm has as well and that people set for all they do, in a CI's environment for example. Not to
 * see them does no harm: whoever wants them is asked, or told what to type.
 */
const harmless = new Set(["yes", "help"]);

/**
 * Refuses options that npm has taken: the command would do something else than was asked, on another stack
 * for example. npm hands an option `--NAME` on as the variable `npm_config_NAME` instead of as an argument.
 *
 * @param command how it is called, for example `npm stop`.
 * @param names of the options that the command has; the value says whether an option takes one.
 * @param isSetting whether a variable has its value from npm's own configuration, and not from the command line.
 * @throws UserError that says what to type.
 */
export async function refuseTakenOptions(
  command: string,
  names: Readonly<Record<string, boolean>>,
  env: NodeJS.ProcessEnv = process.env,
  isSetting: (name: string, value: string) => Promise<boolean> = isNpmSetting,
): Promise<void> {
  const taken: string[] = [];
  for (const [name, takesValue] of Object.entries(names)) {
    const value = env[variableOf(name)];
    if (value === undefined || harmless.has(name)) continue;
    if (await isSetting(name, value)) continue;
    taken.push(asTyped(name, takesValue, value));
  }
  if (taken.length === 0) return;
  const options = taken.join(" ");
  throw new UserError(
    `npm has taken ${options} as an option of its own, so nothing was done. Put \`--\` before it: ` +
      `\`${command} -- ${options}\`. If you have not typed it, unset ` +
      `${Object.keys(names)
        .filter((name) => env[variableOf(name)] !== undefined && !harmless.has(name))
        .map(variableOf)
        .join(", ")} in your environment.`,
  );
}

function variableOf(name: string): string {
  return `npm_config_${name.replaceAll("-", "_")}`;
}

/** npm gives a switch as "true" or, for `--no-NAME`, as nothing; so it does for an option without its value. */
function asTyped(name: string, takesValue: boolean, value: string): string {
  if (value === "") return `--no-${name}`;
  if (takesValue) return `--${name} ${value === "true" ? "…" : value}`;
  return `--${name}`;
}

/** Asks npm itself what it says without that variable. */
async function isNpmSetting(name: string, value: string): Promise<boolean> {
  const npm = process.env["npm_execpath"];
  if (npm === undefined) return false;
  const others = Object.entries(process.env).filter(([key]) => key !== variableOf(name));
  const env = Object.fromEntries(others);
  const said = await run(process.execPath, [npm, "config", "get", name], { env }).catch(() => "");
  const setting = said.trim();
  return setting === value || (setting === "false" && value === "");
}
