/**
 * Sends events if the members have changed.
 *
 *     node programs/memberEvents.ts < input.json
 *
 * Prints a hash of the members. If the variable `PULUMI_COMMAND_STDOUT` holds the output of an earlier run with
 * the same hash, nothing is sent: then only the list of events has changed.
 */
import { createHash } from "node:crypto";
import { text } from "node:stream/consumers";
import { printResult } from "../lib/host/run.ts";
import type { MemberEventsInput } from "../lib/inputs/memberEvents.ts";
import { ask } from "../lib/membership/views.ts";

/** What the program prints, as JSON. */
interface MemberEventsResult {
  readonly digest: string;
}

await printResult(async (): Promise<MemberEventsResult> => {
  const input = JSON.parse(await text(process.stdin)) as MemberEventsInput;
  const { events, sender, members, incarnations } = input;
  const hash = createHash("sha256").update(JSON.stringify([members, incarnations]));
  const digest = hash.digest("hex").slice(0, 12);
  const { PULUMI_COMMAND_STDOUT: earlier = "{}" } = process.env;
  if ((JSON.parse(earlier) as Partial<MemberEventsResult>).digest === digest) return { digest };
  for (const { name, payload, coalesce } of events) {
    await ask(sender, (agent) => agent.event(name, Buffer.from(payload), coalesce));
    console.error(`Event ${name} was sent through ${sender.name}.`);
  }
  return { digest };
});
