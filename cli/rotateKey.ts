/** `npm run rotate-key`: replaces the gossip key while all members keep running. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { isOfAnotherFolder } from "../lib/agents/process.ts";
import { namesOf, project } from "../lib/cluster/names.ts";
import { UserError } from "../lib/host/errors.ts";
import { toolchain } from "../setup/toolchain.ts";
import { command } from "./support/stack/arguments.ts";
import { unfinishedMark } from "./support/stack/recovery.ts";
import { refuseRenamed } from "./support/stack/renamed.ts";
import { withoutSalts } from "./support/stack/salt.ts";
import type { StackSettings } from "./support/stack/settings.ts";
import { configFile, deploy, runPulumi } from "./support/stack/stack.ts";
import { resourcesIn } from "./support/stack/state.ts";
import { bringUp } from "./support/stack/up.ts";

const purpose =
  "Replaces the gossip key while all members keep running. Continues a rotation that was interrupted.";

const line = { command: "npm run rotate-key", purpose, readsState: true } as const;

await command(line, async ({ stack }, { settings, state }) => {
  const resources = resourcesIn(state);
  if (resources === undefined) {
    throw new UserError(
      `Stack ${stack} is not up; \`npm start -- --stack ${stack}\` brings it up.`,
    );
  }
  refuseRenamed(stack, resources);
  const { env } = await toolchain();
  const up = () =>
    bringUp(stack, () => deploy("up", stack, env, ...settings.deployment(resources)));
  // The project's folder was moved: the host's agent cannot write its keyring, and the rotation would fail.
  if (isOfAnotherFolder(namesOf(project, stack).hostAgentDir)) {
    const code = await up();
    if (code !== 0) return code;
  }
  // If the last `up` failed, it may have been in the middle of a rotation. Then continue with that key.
  if (!existsSync(unfinishedMark(stack))) await requestKey(stack, settings, env);
  return await up();
});

async function requestKey(
  stack: string,
  settings: StackSettings,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const set = ["config", "set", "--stack", stack];
  if (settings.isSet("gossipKey")) {
    const key = randomBytes(32).toString("base64");
    await withoutSalts(() => runPulumi([...set, "--secret", "gossipKey"], env, { input: key }));
    console.log(`${configFile(stack)} has a new gossipKey.`);
    return;
  }
  const next = Number(settings.value("keyRotation") ?? 0) + 1;
  await runPulumi([...set, "keyRotation", String(next)], env);
  console.log(`${configFile(stack)} has keyRotation: ${next}, which requests a new key.`);
}
