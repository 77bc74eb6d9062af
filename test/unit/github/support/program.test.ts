import { expect, test } from "vitest";
import {
  checkedCommit,
  checkedLink,
  parseProgramLine,
} from "../../../../github/support/program.ts";

const line = {
  usage: "node github/x.ts --stack NAME [--file FILE] [--all]",
  ...{ needed: ["stack"], optional: ["file"], switches: ["all"] },
} as const;

test("arguments are read", () => {
  const { values, on, files } = parseProgramLine(line, ["--stack", "dev", "--all", "--file=a b"]);
  expect([{ ...values }, [...on], files]).toEqual([
    { stack: "dev", all: true, file: "a b" },
    ["all"],
    [],
  ]);
  const { files: several } = parseProgramLine({ ...line, takesFiles: true }, [
    "--stack=a",
    "b",
    "c",
  ]);
  expect(several).toEqual(["b", "c"]);
});

test.each([
  [[], "--stack is missing."],
  [["--stack="], "--stack is missing."],
  [["--stack"], "Option '--stack <value>' argument missing."],
  [["--stack", "dev", "--nope"], "Unknown option '--nope'."],
  [["--stack", "dev", "more"], "Unexpected argument 'more'."],
])("%j is refused", (args, fault) => {
  expect(() => parseProgramLine(line, args)).toThrow(`${fault} Usage: ${line.usage}`);
});

test.each(["javascript:alert(1)", "https://a b", "https://a)b", "https://a<b", ""])(
  "%j is no link",
  (link) => {
    expect(() => checkedLink(link)).toThrow(`--run-url is "${link}"`);
  },
);

test.each(["", "main", "abc1234", "A".repeat(40)])("%j is no commit", (commit) => {
  expect(() => checkedCommit(commit)).toThrow(`--commit is "${commit}"`);
});
