import { type Labels, ownerLabel, portsLabel, ttlLabel } from "./labels.ts";

/** Who has a stack, for how long, and which ports it uses on the engine's host. */
export interface LeaseTerms {
  readonly owner: string;
  /** For example `8h`; undefined if it does not end. */
  readonly ttl: string | undefined;
  /** Default: none. */
  readonly ports?: readonly number[];
}

/** The labels of the object that carries a lease. */
export function leaseLabels(
  labels: Labels,
  { owner, ttl, ports }: LeaseTerms,
): Record<string, string> {
  return {
    ...labels,
    [ownerLabel]: owner,
    ...(ttl !== undefined && { [ttlLabel]: ttl }),
    ...(ports && { [portsLabel]: ports.join(",") }),
  };
}
