/** The comment on a pull request, made from the reviews of its stacks. */
import { inRolloutOrder } from "../stacks.ts";
import type { Review } from "./review.ts";

/** The first line of the comment, by which it is found. It is not shown. */
export const marker = "<!-- serf-cluster: the review of this pull request -->";

/** GitHub refuses a longer comment. */
export const mostCharacters = 65_536;

/** What a comment is made of. */
export interface CommentParts {
  readonly reviews: readonly Review[];
  /** Whether the code under review comes from another repository. */
  readonly isFork: boolean;
  /** The commit that was reviewed, if it is known. */
  readonly commit: string | undefined;
  /** The page with the whole reviews. */
  readonly runUrl: string | undefined;
}

/** The comment, never longer than {@link mostCharacters}. */
export function commentOf(parts: CommentParts): string {
  const order = inRolloutOrder(parts.reviews.map(({ stack }) => stack));
  const reviews = order.map((stack) => parts.reviews.find((one) => one.stack === stack)!);
  if (reviews.length === 0)
    return joined([marker, "This change concerns no stack any more.", footer(parts)]);
  const shown = reviews.map((review): Shown => ({ review, extent: "all" }));
  let text = layout(shown, parts);
  while (text.length > mostCharacters) {
    if (!reduceLongest(shown)) return joined([marker, fewVerdicts(reviews), footer(parts)]);
    text = layout(shown, parts);
  }
  return text;
}

/** How much of a review is shown. */
interface Shown {
  readonly review: Review;
  extent: "all" | "lead" | "verdict";
}

function layout(shown: readonly Shown[], parts: CommentParts): string {
  const sections = shown.map((one) => section(one, shown.length > 1)).filter((text) => text !== "");
  const isReduced = shown.some(({ extent }) => extent !== "all");
  const where =
    parts.runUrl === undefined ? "the job's summary" : `[the job's summary](${parts.runUrl})`;
  return joined([
    marker,
    shown.map(({ review }) => verdictLine(review, shown.length > 1)).join("\n"),
    parts.isFork ? forkWarning : "",
    ...sections,
    isReduced ? `Not everything fits into a comment; ${where} has the whole reviews.` : "",
    footer(parts),
  ]);
}

const forkWarning =
  "> [!WARNING]\n> The change comes from a fork, and the code under review has written this review. Read the code " +
  "before you rely on it.";

function verdictLine({ stack, verdict, cautions }: Review, isFolded: boolean): string {
  // A caution must not be hidden in what is folded.
  const loud = isFolded ? cautions.map((text) => ` **Caution: ${text}**`) : [];
  return `- \`${stack}\`: ${verdict}${loud.join("")}`;
}

function section(one: Shown, isFolded: boolean): string {
  const { stack } = one.review;
  const text = contentOf(one);
  return text === "" || !isFolded ? text : folded(`Stack <code>${stack}</code>`, text);
}

function contentOf({ review: { lead, changes }, extent }: Shown): string {
  if (extent === "verdict") return "";
  const list = extent === "all" && changes !== undefined ? folded("All changes", changes) : "";
  return joined([lead, list]);
}

function folded(summary: string, text: string): string {
  return `<details><summary>${summary}</summary>\n\n${text}\n\n</details>`;
}

/** @returns false if nothing is left to leave out. */
function reduceLongest(shown: readonly Shown[]): boolean {
  const [longest] = shown
    .filter(({ extent }) => extent !== "verdict")
    .sort((a, b) => contentOf(b).length - contentOf(a).length);
  if (longest === undefined) return false;
  const hasList = longest.extent === "all" && longest.review.changes !== undefined;
  longest.extent = hasList ? "lead" : "verdict";
  return true;
}

/** As many verdicts as fit, when there are hundreds. */
function fewVerdicts(reviews: readonly Review[]): string {
  const lines: string[] = [];
  let length = 0;
  for (const review of reviews) {
    const line = verdictLine(review, false);
    length += line.length + 1;
    if (length > mostCharacters - 2000) break;
    lines.push(line);
  }
  const hidden = reviews.length - lines.length;
  return hidden === 0 ? lines.join("\n") : [...lines, `- … and ${hidden} more stacks`].join("\n");
}

function footer({ commit, runUrl }: CommentParts): string {
  const what = commit === undefined ? "Reviewed" : `Review of commit ${commit}`;
  const where = runUrl === undefined ? "" : ` by [this run](${runUrl})`;
  return commit === undefined && runUrl === undefined ? "" : `<sub>${what}${where}.</sub>`;
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n\n");
}
