import type { Member } from "../cluster/members.ts";
import type { View } from "../membership/views.ts";
import type { DeclaredEvent } from "../settings/events.ts";

/** What the program takes from standard input, as JSON. */
export interface MemberEventsInput {
  readonly events: readonly DeclaredEvent[];
  readonly sender: View;
  readonly members: readonly Member[];
  /** Changes whenever a member was started anew. */
  readonly incarnations: readonly string[];
}
