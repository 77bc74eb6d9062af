/**
 * Limits the processes and threads of a container.
 *
 *     node programs/processLimit.ts < input.json
 */
import { text } from "node:stream/consumers";
import { engine } from "./engineApi.ts";
import { printResult } from "./run.ts";

/** What the program takes from standard input, as JSON. */
interface ProcessLimitInput {
  /** The engine's ID of the container. */
  readonly container: string;
  readonly limit: number;
}

await printResult(async () => {
  const { container, limit } = JSON.parse(await text(process.stdin)) as ProcessLimitInput;
  const path = `/containers/${container}/update`;
  await engine({ method: "POST", path, body: { PidsLimit: limit } });
});
