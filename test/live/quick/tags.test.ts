import { afterAll, beforeAll, expect, test } from "vitest";
import { maxTagBytes, tagBytes } from "../../../lib/settings/members/tags.ts";
import { Agents } from "../support/agents.ts";

const agents = new Agents("serf-e2e-tags", "172.31.237");

beforeAll(() => agents.build({}));

afterAll(() => agents.end());

/** Runs an agent for a moment, and returns its output. */
async function start(tags: Readonly<Record<string, string>>): Promise<string> {
  const options = Object.entries(tags).flatMap(([name, text]) => ["-tag", `${name}=${text}`]);
  const line = 'timeout 3 /usr/local/libexec/serf agent -bind=127.0.0.1 "$@" 2>&1; true';
  return await agents.runAlone("sh", ["-c", line, "sh", ...options]);
}

/** Adds a tag that makes these tags exactly as long as allowed, or longer. */
function filled(tags: Readonly<Record<string, string>>, more = 0): Record<string, string> {
  const rest = maxTagBytes + more - tagBytes({ ...tags, rest: "x".repeat(100) });
  return { ...tags, rest: "x".repeat(100 + rest) };
}

const many = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`tag-${at}`, ""]));

test.each<[string, Record<string, string>]>([
  ["nothing else", {}],
  ["a name of 31 bytes", { ["n".repeat(31)]: "" }],
  ["a name of 32 bytes", { ["n".repeat(32)]: "" }],
  ["a name of 33 bytes", { ["n".repeat(33)]: "" }],
  ["a text of 31 bytes", { a: "x".repeat(31) }],
  ["a text of 32 bytes", { a: "x".repeat(32) }],
  ["a text of 256 bytes", { a: "ä".repeat(128) }],
  ["fifteen names", Object.fromEntries(Object.entries(many).slice(0, 13))],
  ["sixteen names", Object.fromEntries(Object.entries(many).slice(0, 14))],
  ["twenty names", many],
])(
  "an agent starts with as many bytes as are let through, with %s, and not with one more",
  async (_, tags) => {
    const own = { role: "seed", ...tags };
    expect(tagBytes(filled(own))).toBe(maxTagBytes);
    expect(await start(filled(own))).toContain("agent: Serf agent starting");
    const said = await start(filled(own, 1));
    expect(said).toContain("Encoded length of tags exceeds limit of 512 bytes");
  },
);
