/**
 * Tests whether an agent starts in a new image, before any member is replaced.
 *
 *     node programs/imageTrial.ts < input.json
 *
 * The agent runs in a container without a network, with the same restrictions and limits as the members'
 * containers. Fails with the end of its log if it ends, or does not answer in time.
 */
import { randomBytes } from "node:crypto";
import { basename } from "node:path";
import { text } from "node:stream/consumers";
import {
  configFile,
  configFolder,
  dataFolder,
  groupConfig,
  keyringPath,
  tokenPath,
} from "../lib/agents/config.ts";
import { keyringFile } from "../lib/agents/keyring.ts";
import { roleLabel } from "../lib/cluster/labels.ts";
import { writeConfigFiles } from "../lib/containers/configVolume.ts";
import { describeContainer, ownTmpfs } from "../lib/containers/description.ts";
import { engineContainer } from "../lib/containers/engineForm.ts";
import { stateOf, unlessGone } from "../lib/containers/lifecycle.ts";
import { engine } from "../lib/engine/api.ts";
import { containerLog } from "../lib/engine/exec.ts";
import { pause, printResult } from "../lib/host/run.ts";
import type { ImageTrialInput } from "../lib/inputs/imageTrial.ts";
import { membersSeenBy } from "../lib/membership/views.ts";

/** The agent is the only member of its cluster. */
const trial = { name: "trial", address: "127.0.0.1", group: "trial" };

const pollInterval = 100;

async function tryImage(input: ImageTrialInput): Promise<void> {
  const { Id: container } = (await engine({
    method: "POST",
    path: "/containers/create",
    body: containerOf(input),
  })) as { Id: string };
  try {
    const token = randomBytes(16).toString("hex");
    await writeConfigFiles(container, [
      [configFile(trial.group), groupConfig({ tags: {}, join: [] }, token)],
      [basename(tokenPath), token],
      [basename(keyringPath), keyringFile([randomBytes(32).toString("base64")])],
    ]);
    const fault = await faultOf(container, input.timeout);
    if (fault !== undefined) {
      const log = await containerLog(container);
      throw new Error(
        `The image ${input.image} was tried, and ${fault}, so no member was replaced.` +
          (log === "" ? " Its log is empty." : ` Its log ends:\n${log}`),
      );
    }
  } finally {
    await unlessGone({ method: "DELETE", path: `/containers/${container}?force=1&v=1` });
  }
}

function containerOf({ image, limits, labels }: ImageTrialInput): object {
  const description = describeContainer({
    ...{ ...trial, image, limits, network: "none" },
    volumes: { config: "", data: "" },
  });
  const { HostConfig, ...container } = engineContainer(description, {
    ...labels,
    [roleLabel]: "trial",
  });
  return {
    ...container,
    HostConfig: {
      ...HostConfig,
      NetworkMode: "none",
      Tmpfs: { ...HostConfig.Tmpfs, [dataFolder]: ownTmpfs },
      // An anonymous volume is removed together with the container.
      Mounts: [{ Type: "volume", Target: configFolder }],
    },
  };
}

/** @returns what is wrong with the agent, or undefined when it answers. */
async function faultOf(container: string, timeout: number): Promise<string | undefined> {
  const deadline = Date.now() + timeout * 1000;
  try {
    await engine({ method: "POST", path: `/containers/${container}/start`, timeout: 60_000 });
  } catch (error) {
    return `its container does not start (${(error as Error).message})`;
  }
  for (;;) {
    const members = await membersSeenBy({ kind: "container", name: container }).catch(() => []);
    if (members.some(({ status }) => status === "alive")) return undefined;
    if (!(await stateOf(container)).isRunning) return "its agent ended";
    if (Date.now() > deadline) return `its agent did not answer within ${timeout} s`;
    await pause(pollInterval);
  }
}

await printResult(async () => {
  await tryImage(JSON.parse(await text(process.stdin)) as ImageTrialInput);
});
