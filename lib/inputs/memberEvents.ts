import type { Member } from "../cluster/members.ts";
import type { View } from "../membership/views.ts";
import type { DeclaredEvent } from "../settings/events.ts";

/** The program's standard input, as JSON. */
export interface MemberEventsInput {
  readonly events: readonly DeclaredEvent[];
  readonly sender: View;
  readonly members: readonly Member[];
  /** Changes whenever a member is recreated or restarted. */
  readonly incarnations: readonly string[];
}
