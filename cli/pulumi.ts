/** `npm run pulumi -- ARGS`: any Pulumi command with the project's toolchain and backend. */
import { main } from "../setup/main.ts";
import { toolchain } from "../setup/toolchain.ts";
import { pulumi } from "./stack.ts";

await main(async () => {
  const { env } = await toolchain();
  return await pulumi(process.argv.slice(2), env);
});
