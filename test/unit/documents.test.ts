import { table } from "../../lib/settings/table.ts";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  commandFaults,
  declaredSettings,
  linkedFiles,
  linkFaults,
  pathFaults,
  settingFaults,
} from "./support/documents.ts";

const { scripts, version } = JSON.parse(readFileSync("package.json", "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
  readonly version: string;
};

const read = (file: string) => readFileSync(file, "utf8");

const inDocs = readdirSync("docs")
  .filter((name) => name.endsWith(".md"))
  .map((name) => `docs/${name}`);

const documents = [
  ...["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"],
  ...["bench/README.md", "setup/go/README.md"],
  ...inDocs,
];

describe.each(documents)("%s", (file) => {
  test("has no broken links", () => {
    expect(linkFaults(file, read(file))).toEqual([]);
  });

  test("names existing commands", () => {
    expect(commandFaults(read(file), scripts)).toEqual([]);
  });

  test("names existing settings", () => {
    expect(settingFaults(read(file), declaredSettings())).toEqual([]);
  });

  test("names existing files and folders", () => {
    expect(pathFaults(read(file))).toEqual([]);
  });
});

describe("README.md", () => {
  const readme = read("README.md");

  test("is short", () => {
    expect(readme.trimEnd().split("\n").length).toBeLessThanOrEqual(180);
  });

  test("links to every document in docs", () => {
    expect(linkedFiles("README.md", readme)).toEqual(expect.arrayContaining(inDocs));
  });

  test("says how the tests are run, as CI runs them", () => {
    expect(readme.includes("`npm test`")).toBe(true);
    expect(read(".ci/run")).toMatch(/^npm test$/m);
  });
});

test("the newest release in CHANGELOG.md is the version in package.json", () => {
  const releases = [
    ...read("CHANGELOG.md").matchAll(/^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$/gm),
  ];
  expect(releases[0]?.[1]).toBe(version);
});

// What the checks above accept and refuse.
describe("the checks", () => {
  test.each([
    "[there](docs/nowhere.md)",
    "![a picture](bench/results/none.svg)",
    "[in this one](#no-such-heading)",
    "[in another](CHANGELOG.md#no-such-heading)",
    "[lines](index.ts#L1)",
    "[by reference][one]\n\n[one]: docs/nowhere.md",
  ])("find a broken link: %s", (text) => {
    expect(linkFaults("README.md", text)).toHaveLength(1);
  });

  test.each([
    "[there](LICENSE) and [there](./docker/handlers)",
    "[elsewhere](https://example.com/#x)",
    "# The *first* `npm start`, again\n\n[up](#the-first-npm-start-again)",
    "# One\n\n# One\n\n[the second](#one-1)",
    "`[no](link)` and\n\n    [no](link)\n\n```\n[no](link)\n```",
  ])("accept a link: %s", (text) => {
    expect(linkFaults("README.md", text)).toEqual([]);
  });

  test("resolve links from the document's folder", () => {
    expect(linkFaults("bench/README.md", "[results](results/results.md)")).toEqual([]);
    expect(linkFaults("bench/README.md", "[results](bench/results/results.md)")).toHaveLength(1);
  });

  test.each(["`npm run nothing`", "    npm run nothing -- --stack dev", "`npm check`"])(
    "find a command that there is not: %s",
    (text) => {
      expect(commandFaults(text, { start: "", check: "" })).toHaveLength(1);
    },
  );

  test("accept existing commands, and prose", () => {
    const text =
      "`npm start`, `npm run check`, `npm ci`; npm keeps some options.\n\n    npm start\n";
    expect(commandFaults(text, { start: "", check: "" })).toEqual([]);
  });

  test.each([
    "`pulumi config set joiner 3`",
    "    npm run pulumi -- config set --stack dev --path tag.rack a7",
    "    config set --type string --path tag.rack a7",
    "```yaml\nconfig:\n  serf:joiner: 3\n```",
  ])("find an unknown setting: %s", (text) => {
    expect(settingFaults(text, declaredSettings())).toHaveLength(1);
  });

  test("accept existing settings", () => {
    const text = [
      "`pulumi config set joiners 3`, `config set --path --type string tags.version 1.10`",
      "    pulumi config set --stack prod --secret \\\n      gossipKey KEY",
      "```yaml\nconfig:\n  serf:groups:\n    web: 2\n```",
      "`serf:cluster:Joiners`",
    ].join("\n\n");
    expect(settingFaults(text, declaredSettings())).toEqual([]);
  });

  test.each([
    "`components/nothing.ts`",
    "`node programs/nothing.ts < input.json`",
    "`lib/nothing/*.ts`",
  ])("find a missing path: %s", (text) => {
    expect(pathFaults(text)).toHaveLength(1);
  });

  test("accept existing paths, and paths outside the project", () => {
    const text =
      "`docker/agent`, `./lib/host/preload.mjs`, `docs/*.md`, `.serf/state`, `/etc/serf`";
    expect(pathFaults(text)).toEqual([]);
    expect(existsSync("docker/agent")).toBe(true);
  });
});

describe("README's tables of settings and outputs", () => {
  const readme = readFileSync("README.md", "utf8");
  const rows = [...readme.matchAll(/^\| `(\w+)` +\| +`([^`]*)` +\|/gm)].map(([, key, value]) => [
    key!,
    value!,
  ]);

  test.each(rows)("the default of %s is %s", (key, value) => {
    const { default: fallback, meaning = "" } = table[key as keyof typeof table] as {
      default: string;
      meaning?: string;
    };
    expect([fallback, meaning.split(",")[0]]).toContain(value);
  });

  test("the outputs are the program's", () => {
    const program = readFileSync("index.ts", "utf8");
    const returned = /\n {2}return \{\n([^]*?)\n {2}\};/.exec(program)![1]!;
    const outputs = [...returned.matchAll(/^ {4}(\w+):/gm)].map(([, name]) => name!);
    expect(outputs.length).toBeGreaterThan(4);
    const environments = readFileSync("docs/environments.md", "utf8");
    for (const name of outputs) {
      expect(readme).toMatch(new RegExp(`outputs are [^.]*\`${name}\``));
      expect(environments).toMatch(new RegExp(`^\\| \`${name}\``, "m"));
    }
  });
});
