/** Detects options that npm kept for itself because the user typed them without `--` before them. */
import { UserError } from "../lib/host/errors.ts";
import { run } from "../lib/host/run.ts";

/**
 * Options that npm has as well and that are often set in npm's environment, for example in CI. Ignoring them
 * is harmless: the command then asks, or says what to type.
 */
const harmless = new Set(["yes", "help"]);

/**
 * Refuses to run when npm has taken an option: the command would not do what the user asked, for example work on
 * another stack. npm passes such an option `--NAME` as the variable `npm_config_NAME` instead of as an argument.
 *
 * @param command what the user types, for example `npm stop`.
 * @param names the command's options, and whether each takes a value.
 * @param isSetting whether a variable's value comes from npm's configuration, and not from the command line.
 * @throws UserError that says what to type instead.
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
      `\`${command} -- ${options}\`. If you did not type it, unset ` +
      `${Object.keys(names)
        .filter((name) => env[variableOf(name)] !== undefined && !harmless.has(name))
        .map(variableOf)
        .join(", ")} in your environment.`,
  );
}

function variableOf(name: string): string {
  return `npm_config_${name.replaceAll("-", "_")}`;
}

/** npm passes a switch as "true", and `--no-NAME` as "". An option whose value is missing looks the same. */
function asTyped(name: string, takesValue: boolean, value: string): string {
  if (value === "") return `--no-${name}`;
  if (takesValue) return `--${name} ${value === "true" ? "…" : value}`;
  return `--${name}`;
}

/** Asks npm for its configured value, without that variable. */
async function isNpmSetting(name: string, value: string): Promise<boolean> {
  const npm = process.env["npm_execpath"];
  if (npm === undefined) return false;
  const others = Object.entries(process.env).filter(([key]) => key !== variableOf(name));
  const env = Object.fromEntries(others);
  const said = await run(process.execPath, [npm, "config", "get", name], { env }).catch(() => "");
  const setting = said.trim();
  return setting === value || (setting === "false" && value === "");
}
