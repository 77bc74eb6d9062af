/** `npm run rotate-key`: gives the cluster another gossip key, with no member leaving. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { UserError } from "../setup/errors.ts";
import { toolchain } from "../setup/toolchain.ts";
import { command } from "./arguments.ts";
import { unfinishedMark } from "./recovery.ts";
import { runPulumi, stackExists } from "./stack.ts";
import { configFile, isConfigured, plainSetting } from "./stackConfig.ts";
import { bringUp } from "./up.ts";

const purpose =
  "Gives the cluster another gossip key, with no member leaving; a rotation that was cut short goes on.";

await command({ command: "npm run rotate-key", purpose }, async ({ stack }) => {
  const { env } = await toolchain();
  if (!(await stackExists(stack, env))) {
    throw new UserError(`Stack ${stack} is not up; \`npm start -- --stack ${stack}\` makes it.`);
  }
  // An `up` that failed may have failed in the middle of a rotation, whose key is still wanted.
  if (!existsSync(unfinishedMark(stack))) await askForKey(stack, env);
  return await bringUp(stack, env);
});

async function askForKey(stack: string, env: NodeJS.ProcessEnv): Promise<void> {
  const set = ["config", "set", "--stack", stack];
  if (isConfigured(stack, "gossipKey")) {
    const key = randomBytes(32).toString("base64");
    await runPulumi([...set, "--secret", "gossipKey"], env, key);
    console.log(`${configFile(stack)} has another gossipKey.`);
    return;
  }
  const next = Number(plainSetting(stack, "keyRotation") ?? 0) + 1;
  await runPulumi([...set, "keyRotation", String(next)], env);
  console.log(`${configFile(stack)} has keyRotation: ${next}, which asks for another key.`);
}
