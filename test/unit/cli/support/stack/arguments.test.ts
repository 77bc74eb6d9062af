import { describe, expect, test } from "vitest";
import { help, parseCommandLine } from "../../../../../cli/support/stack/arguments.ts";

const line = {
  command: "npm run ask",
  purpose: "Asks.",
  positionals: ["NAME", "[PAYLOAD]"],
  options: {
    tag: { value: "NAME=REGEXP", multiple: true, help: "only these" },
    expect: { value: "N", help: "how many" },
    json: { help: "as JSON" },
  },
} as const;

const parse = (...args: string[]) => parseCommandLine(line, args);

describe("the arguments", () => {
  test("defaults", () => {
    expect(parse("load")).toEqual({
      stack: "dev",
      isNamed: false,
      positionals: ["load"],
      options: { tag: [] },
    });
  });

  test("everything, in any order", () => {
    const args = ["--tag", "a=b", "load", "--json", "-", "--tag=c=d", "--expect", "all", "-s", "x"];
    expect(parse(...args)).toEqual({
      stack: "x",
      isNamed: true,
      positionals: ["load", "-"],
      options: { tag: ["a=b", "c=d"], expect: "all", json: true },
    });
  });

  test("a switch can be turned off", () => {
    expect(parse("load", "--no-json")).toMatchObject({ options: { json: false } });
  });

  test("arguments after -- are not options", () => {
    expect(parse("load", "--", "--json")).toMatchObject({ positionals: ["load", "--json"] });
  });
});

describe("errors name the argument and what is allowed", () => {
  const allowed =
    " Allowed are NAME, [PAYLOAD], --tag NAME=REGEXP, --expect N, --json, --stack NAME, --help.";

  test.each([
    [["load", "--foo"], "Unknown option '--foo'."],
    [["load", "-x"], "Unknown option '-x'."],
    [["load", "--expect"], "Option '--expect <value>' argument missing."],
    [["load", "--expect", "--json"], "Option '--expect' argument is ambiguous."],
    [["load", "--json=1"], "Option '--json' does not take an argument."],
    [["load", "a", "b"], 'Unexpected argument "b".'],
    [[], "NAME is missing."],
  ])("%j", (args, fault) => {
    expect(() => parse(...args)).toThrow(fault + allowed);
  });

  test("a command without arguments refuses any", () => {
    const stop = { command: "npm stop", purpose: "Stops." };
    expect(() => parseCommandLine(stop, ["now"])).toThrow(
      'Unexpected argument "now". Allowed are --stack NAME, --help.',
    );
    expect(parseCommandLine(stop, [])).toEqual({
      stack: "dev",
      isNamed: false,
      positionals: [],
      options: {},
    });
  });

  test("a stack's name", () => {
    expect(() => parse("load", "--stack", "A_b")).toThrow(
      /^The stack's name is "A_b", allowed are lower-case letters/,
    );
    expect(() => parse("load", "--stack=")).toThrow(/^The stack's name is ""/);
  });
});

test("--help shows the help, even if arguments are missing", () => {
  expect(parse("--help")).toBe("help");
  expect(help(line)).toBe(
    [
      "Usage: npm run ask -- NAME [PAYLOAD] [OPTIONS]",
      "",
      "Asks.",
      "",
      "  --tag NAME=REGEXP  only these; may be repeated",
      "  --expect N         how many",
      "  --json             as JSON",
      "  --stack NAME       the stack; default: dev",
      "  --help             prints this help",
    ].join("\n"),
  );
});
