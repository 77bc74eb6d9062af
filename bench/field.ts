import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Profile } from "../lib/agents/config.ts";
import { run } from "../lib/host/run.ts";
import { findProgram } from "../setup/tools/goProgram.ts";
import type { Contender } from "./support/contender.ts";
import { article } from "./contenders/article.ts";
import { compose } from "./contenders/compose.ts";
import { ours } from "./contenders/ours.ts";
import { terraform } from "./contenders/terraform.ts";
import { composePeer, terraformPeer } from "./support/peers.ts";
import type { ProjectCopy } from "./support/projectCopy.ts";
import type { Results } from "./support/result.ts";

/** The contenders other than the limit, and those that are missing. */
export interface Field {
  readonly contenders: readonly Contender[];
  readonly missing: Results["missing"];
}

const remedy = "`npm run bench:peers` builds it";

/**
 * Finds the contenders that are available on this machine.
 *
 * @param folder the folder for the peers' files.
 * @param profile the agents' profile.
 */
export async function findField(
  copy: ProjectCopy,
  folder: string,
  profile: Profile,
): Promise<Field> {
  const composeFolder = findProgram(composePeer);
  const provider = findProgram(terraformPeer);
  const hasTerraform = await run("terraform", ["version"]).then(
    () => true,
    () => false,
  );
  const place = async (name: string) => {
    await mkdir(join(folder, name), { recursive: true });
    return join(folder, name);
  };
  const missing = {
    ...(composeFolder === undefined && { compose: `it was not built; ${remedy}` }),
    ...(provider === undefined && { terraform: `its provider was not built; ${remedy}` }),
    ...(!hasTerraform && { terraform: "terraform is not on the PATH" }),
  };
  return {
    contenders: [
      article(profile),
      ...(composeFolder === undefined
        ? []
        : await Promise.all(
            (["compose", "compose, a service each"] as const).map(async (name) =>
              compose(name, join(composeFolder, composePeer.program), await place(name), profile),
            ),
          )),
      ...(provider === undefined || !hasTerraform
        ? []
        : [terraform(provider, await place("terraform"), profile)]),
      ours(copy, false, profile),
      ours(copy, true, profile),
    ],
    missing,
  };
}
