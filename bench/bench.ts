import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toolchain } from "../setup/toolchain.ts";
import { limit } from "./contenders/limit.ts";
import { ours } from "./contenders/ours.ts";
import { findField } from "./field.ts";
import { keepImage } from "./measure/keptImage.ts";
import { folderPrefix, removeFolders, removeImages, removeLeftovers } from "./measure/leftovers.ts";
import { machineFacts, versionsOf } from "./measure/machine.ts";
import type { BenchOptions } from "./options.ts";
import { best, tryParallelisms } from "./measure/parallelism.ts";
import { say } from "./support/progress.ts";
import { copyProject } from "./support/projectCopy.ts";
import { writeResults } from "./report/report.ts";
import type { Results } from "./support/result.ts";
import { measureRounds, type Tally } from "./measure/rounds.ts";

/**
 * Measures everything and writes the results, even when the run is interrupted. Always restores the engine
 * and the host to their previous state.
 */
export async function runBench(options: BenchOptions): Promise<void> {
  const date = new Date().toISOString();
  const { sizes, rounds, out, profile } = options;
  const { env } = await toolchain();
  await clean();
  try {
    const folder = await mkdtemp(join(tmpdir(), folderPrefix));
    const copy = await copyProject(join(folder, "project"), env);
    say("building the image that all contenders use");
    await keepImage(ours(copy, false, profile));
    const { contenders, missing } = await findField(copy, folder, profile);
    for (const [name, why] of Object.entries(missing)) say(`${name} is missing: ${why}`);
    const machine = await machineFacts();
    const versions = await versionsOf(copy.env);

    const tally: Tally = { measurements: [], failures: [] };
    const parallelism: LimitParallelism = options.contenders.includes("limit")
      ? await chooseParallelism(options)
      : { parallelismTried: [] };
    const { limitParallelism } = parallelism;
    const field = [...(limitParallelism ? [limit(limitParallelism, profile)] : []), ...contenders];
    const chosen = field.filter(({ name }) => options.contenders.includes(name));
    try {
      await measureRounds(chosen, sizes, rounds, tally);
    } finally {
      const setting = { date, machine, versions, profile, rounds, sizes };
      await writeResults({ ...setting, ...parallelism, missing, ...tally }, out);
      say(`results are in ${out}`);
    }
  } finally {
    await clean();
  }
}

type LimitParallelism = Pick<Results, "limitParallelism" | "parallelismTried">;

async function chooseParallelism({
  parallelism: given,
  profile,
}: BenchOptions): Promise<LimitParallelism> {
  const parallelismTried = given === undefined ? await tryParallelisms(profile) : [];
  const limitParallelism = given ?? best(parallelismTried);
  say(`the limit creates ${limitParallelism} containers at once`);
  return { limitParallelism, parallelismTried };
}

async function clean(): Promise<void> {
  await removeFolders();
  await removeLeftovers();
  await removeImages();
}
