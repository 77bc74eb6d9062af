import type * as pulumi from "@pulumi/pulumi";
import { after, type StackPlan } from "../stack/plan.ts";
import { MemberEvents, type MemberEventsArgs } from "./memberEvents.ts";

/**
 * Declares the events that are sent after the members have changed; undefined if the stack has none.
 *
 * @param formed what waits until the cluster has formed.
 */
export function declareEvents(
  plan: StackPlan,
  args: Omit<MemberEventsArgs, "events">,
  formed: pulumi.Resource,
): MemberEvents | undefined {
  const { events } = plan.settings;
  if (events.length === 0) return undefined;
  return new MemberEvents("events", { events, ...args }, after(plan, formed));
}
