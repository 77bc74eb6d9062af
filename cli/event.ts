/** `npm run event -- NAME [PAYLOAD]`: sends a user event to all members. */
import { UserError } from "../lib/host/errors.ts";
import { eventFaults } from "../lib/serf/eventLimits.ts";
import { throughAgent } from "./support/agents/agents.ts";
import { payloadFrom } from "./support/agents/payload.ts";
import { command } from "./support/stack/arguments.ts";

await command(
  {
    command: "npm run event",
    purpose: "Sends a user event to all members. A PAYLOAD of - is read from standard input.",
    positionals: ["NAME", "[PAYLOAD]"],
    options: {
      coalesce: {
        // Serf's agent waits up to 3 s for more events, and 1 s after the last one.
        help: "when events of one name follow each other within 3 s, only the last is delivered; the default, turn it off with --no-coalesce",
      },
    },
  },
  async ({ stack, positionals: [name = "", argument], options: { coalesce = true } }) => {
    const payload = await payloadFrom(argument);
    const faults = eventFaults({ name, payload });
    if (faults.length > 0) throw new UserError(faults.join("\n"));
    const through = await throughAgent(stack, async (agent) => {
      await agent.rpc.event(name, payload, coalesce);
      return agent.name;
    });
    console.log(`Event ${name} (${payload.length} bytes) was sent through ${through}.`);
    return 0;
  },
);
