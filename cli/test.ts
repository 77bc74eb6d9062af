/** `npm test`: every test, or those whose files are named. */
import { main } from "../setup/main.ts";
import { foreground } from "../setup/foreground.mjs";
import { toolchain } from "../setup/toolchain.ts";

await main(async () => {
  // The tests find the tools by themselves, as the commands do that they drive.
  await toolchain();
  const vitest = "node_modules/vitest/vitest.mjs";
  const args = ["run", "--config", "test/vitest.config.ts", ...process.argv.slice(2)];
  return await foreground(process.execPath, [vitest, ...args]);
});
