import type { ImageChoice } from "../../cluster/image.ts";
import { defaultSerfVersion, refusedSerf, serfChecksums } from "../../cluster/serfVersions.ts";
import { oneOf, optionalText } from "../kinds.ts";
import { SettingsReader } from "../reader.ts";

const image = {
  allowed: "an image reference, for example registry.example/busybox:1.37",
  parse: (name: string) => (/^[a-z0-9][\w./:@-]*$/.test(name) ? name : undefined),
  meaning: "pinned",
  change: "all containers with that image are replaced",
};

/** The settings of an image; a group of joiners can have its own. */
export const imageSettings = {
  serfVersion: oneOf(
    [defaultSerfVersion, ...Object.keys(serfChecksums).filter((one) => one !== defaultSerfVersion)],
    { description: "The Serf release in the image", change: image.change },
    refusedSerf,
  ),
  builderImage: optionalText({
    ...image,
    description:
      "The image that Serf is compiled in, instead of the one pinned in docker/Dockerfile",
  }),
  runtimeImage: optionalText({
    ...image,
    description: "The image that Serf runs in, instead of the one pinned in docker/Dockerfile",
  }),
};

/** Reads the configured settings of a group's image, without defaults. */
export function readGroupImage(reader: SettingsReader) {
  return (group: Readonly<Record<string, unknown>>, setting: string): Partial<ImageChoice> => {
    const own = new SettingsReader(group, `${setting}.`, reader.report);
    own.refuseOthers(["count", "tags", ...Object.keys(imageSettings)]);
    return Object.fromEntries(
      Object.entries(imageSettings)
        .filter(([key]) => own.textOf(key))
        .map(([key, one]) => [key, one.read(own, key, [])]),
    );
  };
}
