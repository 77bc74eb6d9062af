/** `npm run setup`: installs what is missing, and prints each tool's version and source. */
import { parseArgs } from "node:util";
import { UserError } from "../lib/host/errors.ts";
import { formatTable } from "../lib/host/table.ts";
import { main } from "../setup/main.ts";
import { refuseTakenOptions } from "../setup/npmOptions.ts";
import { pulumiTools, toolchain } from "../setup/toolchain.ts";

await main(async () => {
  await refuseTakenOptions("npm run setup", { engine: false });
  const { tools } = await (isEngineWanted() ? toolchain() : pulumiTools());
  const rows = await Promise.all(
    tools.map(async ({ name, version, source }) => [
      name,
      typeof version === "string" ? version : await version(),
      source,
    ]),
  );
  console.log(formatTable([["TOOL", "VERSION", "SOURCE"], ...rows]));
  return 0;
});

/** With `--no-engine` the base images are skipped as well, since the engine holds them. */
function isEngineWanted(): boolean {
  try {
    return !parseArgs({ options: { "no-engine": { type: "boolean" } } }).values["no-engine"];
  } catch (error) {
    throw new UserError(
      `${(error as Error).message.split(".")[0]!}. The only option is --no-engine, which skips the Docker engine and the base images.`,
    );
  }
}
