/** `npm run setup`: provides what is missing and says of each tool its version and source. */
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

/** Without one there are no base images either. */
function isEngineWanted(): boolean {
  try {
    return !parseArgs({ options: { "no-engine": { type: "boolean" } } }).values["no-engine"];
  } catch (error) {
    throw new UserError(
      `${(error as Error).message.split(".")[0]!}. The command takes --no-engine, with which it looks for no engine.`,
    );
  }
}
