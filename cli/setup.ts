/** `npm run setup`: provides what is missing and says of each tool its version and source. */
import { formatTable } from "../lib/host/table.ts";
import { main } from "../setup/main.ts";
import { toolchain } from "../setup/toolchain.ts";

await main(async () => {
  const { tools } = await toolchain();
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
