/** `npm run bench:peers`: builds the programs that the bench compares this project with. */
import { run } from "../lib/host/run.ts";
import { formatTable } from "../lib/host/table.ts";
import { main } from "../setup/main.ts";
import { programVersion, provideProgram } from "../setup/tools/goProgram.ts";
import { composePeer, terraformPeer } from "./support/peers.ts";

await main(async () => {
  const rows: string[][] = [];
  // One after the other: each keeps all cores busy.
  for (const peer of [composePeer, terraformPeer]) {
    await provideProgram(peer);
    rows.push([peer.program, programVersion(peer), "built from its Go module"]);
  }
  const version = await run("terraform", ["version", "-json"]).then(
    (text) => (JSON.parse(text) as { terraform_version: string }).terraform_version,
    () => "missing",
  );
  const source = version === "missing" ? "install 1.11 or newer on the PATH" : "installed";
  console.log(
    formatTable([["PEER", "VERSION", "SOURCE"], ...rows, ["terraform", version, source]]),
  );
  return 0;
});
