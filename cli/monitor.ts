/** `npm run monitor`: prints the cluster's events as they happen, until it is interrupted. */
import { UserError } from "../lib/host/errors.ts";
import { pause } from "../lib/host/run.ts";
import { RpcError } from "../lib/serf/connection.ts";
import { type Agent, openAgent } from "./support/agents/agents.ts";
import { eventJson, eventLine } from "./support/agents/eventLines.ts";
import { command } from "./support/stack/arguments.ts";

/** Milliseconds to look for another agent after the connection to the current one was lost. */
const patience = 30_000;

await command(
  {
    command: "npm run monitor",
    purpose:
      "Prints joins, leaves, failures, events and queries as they happen, until it is interrupted.",
    options: { json: { help: "prints JSON, one object per line" } },
  },
  async ({ stack, options: { json } }) => {
    const stop = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
    // The reader closed the pipe, for example `head`.
    process.stdout.on("error", () => stop.abort());
    try {
      await monitor(stack, json ? eventJson : eventLine, stop.signal);
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    }
    return 0;
  },
);

async function monitor(
  stack: string,
  format: typeof eventLine,
  signal: AbortSignal,
): Promise<void> {
  let agent = await openAgent(stack, { signal });
  for (;;) {
    console.error(`Events as ${agent.name} sees them:`);
    const failure = await printEvents(agent, format);
    if (signal.aborted || failure === undefined) return;
    console.error(`${failure} Looking for another agent; events until then are not shown.`);
    agent = await nextAgent(stack, agent.name, signal);
  }
}

/** @returns why the events ended; undefined when we closed the connection. */
async function printEvents({ rpc }: Agent, format: typeof eventLine): Promise<string | undefined> {
  try {
    for await (const event of rpc.stream()) console.log(format(event, new Date()));
    return undefined;
  } catch (error) {
    if (error instanceof RpcError) return error.message;
    throw error;
  } finally {
    await rpc.close();
  }
}

async function nextAgent(stack: string, avoid: string, signal: AbortSignal): Promise<Agent> {
  const deadline = Date.now() + patience;
  for (;;) {
    try {
      return await openAgent(stack, { avoid, signal });
    } catch (error) {
      if (!(error instanceof UserError) || signal.aborted) throw error;
      if (Date.now() > deadline) {
        throw new UserError(`No agent has answered for ${patience / 1000} s. ${error.message}`);
      }
    }
    await pause(250);
  }
}
