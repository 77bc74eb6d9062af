/** `npm stop`: destroys what `npm start` made. */
import { toolchain } from "../setup/toolchain.ts";
import { command } from "./arguments.ts";
import { deploy, runPulumi, stackExists } from "./stack.ts";
import { plainSetting } from "./stackConfig.ts";
import { UserError } from "../setup/errors.ts";
import { finish, hasEmbeddedBackend, recover, removeLeftovers } from "./recovery.ts";

const purpose = "Destroys what `npm start` made.";

await command({ command: "npm stop", purpose }, async ({ stack }) => {
  const { env } = await toolchain();
  const exists = await stackExists(stack, env);
  if (exists) {
    if (plainSetting(stack, "protect") === "true") throw new UserError(protectedStack(stack));
    await recover(stack, env);
    const code = await deploy("destroy", stack, env);
    if (code !== 0) return code;
  }
  const leftovers = await removeLeftovers(stack, new Set());
  if (exists && hasEmbeddedBackend(env)) {
    await runPulumi(["stack", "rm", "--yes", "--preserve-config", "--stack", stack], env);
  }
  await finish(stack);
  if (!exists && leftovers === 0) console.log(`Nothing of stack ${stack} is here.`);
  return 0;
});

function protectedStack(stack: string): string {
  return (
    `Stack ${stack} is protected, and nothing was removed. If it is to go: ` +
    `\`npm run pulumi -- config set --stack ${stack} protect false\`, \`npm start -- --stack ${stack}\`, ` +
    "and then this command again."
  );
}
