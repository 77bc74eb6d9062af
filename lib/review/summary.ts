/** What a review says at its top. */
export interface Summary {
  readonly verdict: string;
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
  /** The first row is the heading; without others there is nothing to show. */
  readonly table: readonly (readonly string[])[];
}

/** More rows than these are counted and not listed. */
const mostRows = 100;

export function tableOf(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
): Summary["table"] {
  const hidden = rows.length - mostRows;
  if (hidden <= 0) return [heading, ...rows];
  const more = heading.map((_, column) => (column === 0 ? `… and ${hidden} more` : ""));
  return [heading, ...rows.slice(0, mostRows), more];
}
