/** A table with aligned columns; the first row is the heading. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** A Markdown table; the first row is the heading. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [heading = [], ...body] = rows;
  return [heading, heading.map(() => "---"), ...body].map(markdownRow).join("\n");
}

/**
 * A Markdown table with its columns padded as Prettier does it, so that a document with it passes the format check.
 *
 * @param isRight whether a column is aligned to the right. Default: none is.
 */
export function paddedMarkdownTable(
  rows: readonly (readonly string[])[],
  isRight: (column: number) => boolean = () => false,
): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => escaped(row[column]!).length)),
  );
  const pad = (cell: string, column: number) =>
    isRight(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!);
  const [heading = [], ...body] = rows.map((row) =>
    row.map((cell, column) => pad(escaped(cell), column)),
  );
  const rule = widths.map((width, column) =>
    isRight(column) ? `${"-".repeat(width - 1)}:` : "-".repeat(width),
  );
  return [heading, rule, ...body].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function markdownRow(cells: readonly string[]): string {
  return `| ${cells.map(escaped).join(" | ")} |`;
}

function escaped(cell: string): string {
  return cell.replaceAll("|", "\\|");
}
