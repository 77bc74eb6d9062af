import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  failedReview,
  markdownReview,
  mostCharacters,
  reasonOf,
  textReview,
} from "../../../../lib/review/markdown.ts";
import { parsePreview, type PreviewStep } from "../../../../lib/review/preview.ts";

/**
 * Previews, shortened to what a review reads. Those of `cap` are of a stack with a seed, three joiners and the host's
 * agent in containers; those of `fleet`, whose names begin with `swarm`, of one with the services of the seed, the
 * hosts, two joiners and two more of the group edge.
 */
const folder = join(import.meta.dirname, "previews");
const previewOf = (name: string) =>
  parsePreview(readFileSync(join(folder, `${name}.json`), "utf8"))!;
const all = { stack: "cap", maxUnavailable: undefined };

const names = readdirSync(folder).map((file) => file.replace(/\.json$/, ""));

test.each(names.filter((name) => name !== "fault"))("%s", async (name) => {
  const of = {
    stack: name.startsWith("swarm") ? "fleet" : "cap",
    maxUnavailable: name === "rolling" ? 2 : undefined,
  };
  const review = markdownReview(previewOf(name), of);
  await expect(review).toMatchFileSnapshot(`reviews/${name}.md`);
  const [verdict = ""] = textReview(previewOf(name), of).split("\n");
  expect(review).toContain(`**${verdict}**`);
});

describe("the verdict of a real preview", () => {
  const verdictOf = (name: string, maxUnavailable?: number) =>
    textReview(previewOf(name), { stack: "cap", maxUnavailable }).split("\n")[0];

  test.each([
    ["none", "No member is touched."],
    ["grow", "2 members join, no other member is touched."],
    ["shrink", "1 member leaves, no other member is touched."],
    [
      "limits",
      "4 members are replaced, no other member is touched; at most 4 of 5 are down at a time.",
    ],
    ["tags", "5 members reload their configuration."],
    ["rotate", "No member is touched."],
    ["nohost", "1 member leaves, no other member is touched."],
    [
      "port",
      "1 member is replaced, 1 member reloads its configuration, no other member is touched; at most 1 of 5 is down at a time.",
    ],
    ["swarm-none", "No service is touched."],
    ["swarm-create", "4 services are created with 5 members and one on each node."],
    [
      "swarm-scale",
      "Service serf-fleet-joiner is scaled from 2 to 6; no other service is touched; nobody is restarted.",
    ],
    [
      "swarm-groups",
      "Service serf-fleet-core is created with 3 members; service serf-fleet-edge is deleted with 2 members; no other service is touched; nobody is restarted.",
    ],
    [
      "swarm-tags",
      "The tasks of service serf-fleet-edge are replaced, at most 1 at a time; no other service is touched.",
    ],
    ["swarm-image", "The tasks of 4 services are replaced, all at once."],
    ["swarm-limits", "The tasks of 4 services are replaced, all at once."],
    ["swarm-rotate", "The tasks of 4 services are replaced, all at once."],
    [
      "swarm-rolling",
      "The tasks of 4 services are replaced, at most 1 at a time in each; service serf-fleet-joiner is scaled from 2 to 3.",
    ],
    ["swarm-pace", "4 services are updated; nobody is restarted."],
    ["swarm-subnet", "4 services are taken down and created again."],
  ])("%s", (name, verdict) => {
    expect(verdictOf(name)).toBe(verdict);
  });

  test("says how many are down at a time under maxUnavailable", () => {
    expect(verdictOf("rolling", 2)).toContain("at most 2 of 5 are down at a time");
  });
});

test("a key that rotates and data that are lost are said, and no secret is", () => {
  expect(textReview(previewOf("rotate"), all)).toContain("The gossip key rotates");
  expect(textReview(previewOf("subnet"), all)).toMatch(
    /^CAUTION: The network serf-cap is replaced/m,
  );
  expect(textReview(previewOf("subnet"), all)).toMatch(/^CAUTION: All 5 members are down/m);
  for (const name of names) {
    expect(markdownReview(previewOf(name), all)).not.toContain("SERF_CONFIGURATIONS");
  }
});

test("a data volume that is deleted with the stack is loud, one that outlives it is not", () => {
  const step = (retainOnDelete: boolean): PreviewStep => ({
    op: "delete",
    urn: "urn:pulumi:cap::serf::serf:cluster:Storage$docker:index/volume:Volume::storage-data",
    oldState: { type: "", inputs: { name: "serf-cap-data" }, retainOnDelete },
  });
  expect(textReview({ steps: [step(false)] }, all)).toContain("CAUTION: The volume serf-cap-data");
  expect(textReview({ steps: [step(true)] }, all)).not.toContain("CAUTION");
});

describe("whatever the size", () => {
  const steps = Array.from({ length: 2000 }, (_, index): PreviewStep => {
    const name = `serf-cap-joiner-${index + 1}`;
    const labels = [{ label: "serf.role", value: "joiner" }];
    const state = { type: "", inputs: { name, labels, image: `serf-cap:${index}` } };
    return {
      op: "replace",
      urn: `urn:pulumi:cap::serf::docker:index/container:Container::joiner-${index + 1}`,
      ...{ oldState: state, newState: state, detailedDiff: { image: {} } },
    };
  });

  test("a review has fewer characters than a comment may have", () => {
    const review = markdownReview({ steps }, { stack: "cap", maxUnavailable: 5 });
    expect(review.length).toBeLessThanOrEqual(mostCharacters);
    expect(review.split("\n")[2]).toBe(
      "**2000 members are replaced; at most 5 of 2000 are down at a time.**",
    );
    expect(review).toContain("… and 1900 more");
    expect(review).toMatch(/… and \d+ more\n```\n\n<\/details>\n$/);
  });
});

describe("a preview that failed", () => {
  test("is a review that says why", () => {
    const preview = previewOf("fault");
    expect(reasonOf(preview, "")).toContain('joiners is "many", allowed is a whole number');
    const review = failedReview(preview, "", "cap");
    expect(review).toContain("**The preview failed");
    expect(review).toContain('joiners is "many"');
  });

  test("without a word in JSON is what Pulumi printed, and cannot end the block", () => {
    const review = failedReview(undefined, "error: no stack\n```\n# loud", "cap");
    expect(review).toContain("```text\nno stack\n");
    expect(review.match(/```/g)).toHaveLength(2);
  });
});
