/** `npm run members`: the live table of members. */
import { main } from "../setup/main.ts";
import { printMembers } from "./liveMembers.ts";
import { stackFromArguments } from "./stack.ts";

await main(async () => {
  await printMembers(stackFromArguments());
  return 0;
});
