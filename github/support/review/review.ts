/** Reads the reviews that `npm run preview -- --markdown FILE` writes. A fork may have written them. */
import { isStackName } from "../../../lib/cluster/names.ts";
import { UserError } from "../../../lib/host/errors.ts";
import { codeBlock, inert } from "../inert.ts";

/** A review, safe to publish. */
export interface Review {
  readonly stack: string;
  /** One line. */
  readonly verdict: string;
  /** What loses data or takes all members down, each on one line. */
  readonly cautions: readonly string[];
  /** What follows the verdict, up to the folded list of all changes. */
  readonly lead: string;
  /** The list of all changes, if there is one. */
  readonly changes: string | undefined;
}

/** More characters of a file are not read. A review is much shorter. */
const mostCharacters = 200_000;

/** More characters are not shown of a verdict or a caution. */
const longestLine = 300;

const foldStart = "<details><summary>All changes</summary>";
const foldEnd = "</details>";

/**
 * Reads a review.
 *
 * @throws UserError if it is none. What is in the file is not repeated, since nobody knows what that is.
 */
export function parseReview(text: string, file: string): Review {
  const lines = text.slice(0, mostCharacters).split(/\r?\n/);
  const [, stack = ""] = /^### Stack `([^`]*)`$/.exec(lines[0] ?? "") ?? [];
  const [, verdict] = /^\*\*(.+)\*\*$/.exec(lines[2] ?? "") ?? [];
  if (!isStackName(stack) || verdict === undefined) {
    throw new UserError(
      `${file} is no review; \`npm run preview -- --stack NAME --markdown FILE\` writes one.`,
    );
  }
  const rest = lines.slice(3);
  const fold = rest.indexOf(foldStart);
  const lead = fold === -1 ? rest : rest.slice(0, fold);
  const changes = fold === -1 ? [] : rest.slice(fold + 1).filter((line) => line !== foldEnd);
  return {
    stack,
    verdict: oneLine(verdict),
    cautions: lead.flatMap((line, index) =>
      lead[index - 1] === "> [!CAUTION]" ? [oneLine(line.replace(/^> ?/, ""))] : [],
    ),
    lead: published(lead),
    changes: fold === -1 ? undefined : published(changes),
  };
}

function oneLine(text: string): string {
  return inert(text.length > longestLine ? `${text.slice(0, longestLine)}…` : text);
}

/** Lines as Markdown in which only blocks of code are kept as they are. */
function published(lines: readonly string[]): string {
  return blocksOf(lines)
    .map(({ language, text }) =>
      language === undefined ? inert(text).trim() : codeBlock(text, language),
    )
    .filter((text) => text !== "")
    .join("\n\n");
}

interface Block {
  /** Of code; undefined: it is text. */
  readonly language: string | undefined;
  readonly text: string;
}

function blocksOf(lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  let from = 0;
  while (from < lines.length) {
    const start = lines.findIndex((line, index) => index >= from && line.startsWith("```"));
    const until = start === -1 ? lines.length : start;
    blocks.push({ language: undefined, text: lines.slice(from, until).join("\n") });
    if (start === -1) break;
    const end = lines.findIndex((line, index) => index > start && line === "```");
    const last = end === -1 ? lines.length : end;
    const isDiff = lines[start] === "```diff";
    blocks.push({
      language: isDiff ? "diff" : "text",
      text: lines.slice(start + 1, last).join("\n"),
    });
    from = last + 1;
  }
  return blocks;
}
