import { type Profile, profileArguments } from "../../lib/agents/config.ts";
import type { Contender } from "../support/contender.ts";
import { runChild } from "../support/child.ts";
import { benchLabel, gossipPort, keptImage, prefix, subnet } from "../support/place.ts";

const name = () => `${prefix}-article`;
const seed = () => `${name()}-seed`;
const label = `${benchLabel}=1`;

/**
 * What articles about Serf do: `docker run` the seed, `docker inspect` its address, then `docker run` one joiner
 * after the other. The agents are configured by arguments.
 *
 * @param profile the agents' profile.
 */
export function article(profile: Profile): Contender {
  let joinerNames: string[] = [];
  let cpu = 0;
  const timing = profileArguments(profile);
  const docker = async (...args: string[]) => {
    const work = await runChild(["docker", ...args]);
    cpu += work.cpu;
    return work.output.trim();
  };
  const start = (container: string, extra: readonly string[], agentArgs: readonly string[]) =>
    docker(
      ...["run", "--detach", `--name=${container}`, `--network=${name()}`, `--label=${label}`],
      ...["--restart=unless-stopped", "--entrypoint=/usr/local/bin/serf", ...extra, keptImage],
      ...["agent", `-node=${container}`, "-bind=0.0.0.0", ...timing, ...agentArgs],
    );
  return {
    name: "article",
    get seed() {
      return seed();
    },
    label,
    more: 0,
    awaitsFormation: false,
    prepare: (joiners) => {
      joinerNames = Array.from({ length: joiners }, (_, index) => `${name()}-joiner-${index + 1}`);
      return Promise.resolve();
    },
    up: async () => {
      cpu = 0;
      await docker("network", "create", `--subnet=${subnet.cidr}`, `--label=${label}`, name());
      const port = `127.0.0.1:${gossipPort}:7946`;
      await start(seed(), [`--publish=${port}`, `--publish=${port}/udp`], []);
      const format = `{{(index .NetworkSettings.Networks "${name()}").IPAddress}}`;
      const address = await docker("inspect", `--format=${format}`, seed());
      for (const joiner of joinerNames) await start(joiner, [], [`-join=${address}`]);
      return cpu;
    },
    destroy: async () => {
      for (const container of [...joinerNames, seed()]) {
        await docker("stop", container);
        await docker("rm", "--volumes", container);
      }
      await docker("network", "rm", name());
    },
  };
}
