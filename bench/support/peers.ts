/** The programs that this project is compared with, built from their published Go modules. */
import { join } from "node:path";
import type { GoProgram } from "../../setup/tools/goProgram.ts";

export const composePeer: GoProgram = {
  entry: "bench-compose",
  folder: moduleFolder("compose"),
  package: "github.com/docker/compose/v2/cmd",
  program: "docker-compose",
  versionOf: "github.com/docker/compose/v2",
  versionVariable: "github.com/docker/compose/v2/internal.Version",
};

export const terraformPeer: GoProgram = {
  entry: "bench-terraform",
  folder: moduleFolder("terraform"),
  package: "github.com/terraform-providers/terraform-provider-docker",
  program: "terraform-provider-docker",
  versionOf: "github.com/kreuzwerker/terraform-provider-docker",
};

function moduleFolder(name: string): string {
  return join(import.meta.dirname, "..", "peers", name);
}
