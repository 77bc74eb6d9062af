/** `npm run pulumi -- ARGS`: any Pulumi command with the project's toolchain and backend. */
import { main } from "../setup/main.ts";
import { refuseTakenOptions } from "../setup/npmOptions.ts";
import { pulumiWithImages } from "../setup/toolchain.ts";
import { pulumi } from "./support/stack/stack.ts";

/** Pulumi's options that change what a command does, and whether each takes a value. */
const decisive = {
  ...{ stack: true, "config-file": true, cwd: true, plan: true, target: true, exclude: true },
  ...{ secret: false, plaintext: false, path: false, refresh: false, "preview-only": false },
  ...{ "expect-no-changes": false, "show-secrets": false, json: false },
};

await main(async () => {
  await refuseTakenOptions("npm run pulumi", decisive);
  const { env } = await pulumiWithImages();
  return await pulumi(process.argv.slice(2), env);
});
