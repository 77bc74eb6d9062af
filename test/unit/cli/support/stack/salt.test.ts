import { expect, test } from "vitest";
import { unsalted } from "../../../../../cli/support/stack/salt.ts";

const file = "Pulumi.dev.yaml";
const salt = "encryptionsalt: v1:abc:v1:def:ghi==\n";
const after = (before: string | undefined, now: string) =>
  unsalted(before === undefined ? {} : { [file]: before }, { [file]: now });

test("a file that only got the salt and was reformatted is restored byte for byte", () => {
  const before =
    "# ours\nbase: &base { joiners: 1 }\nconfig:\n  <<: *base\n  tags: { zone:   north }\n  serf:protect: true\n";
  const now =
    '# ours\nconfig:\n  serf:joiners: "1"\n  serf:protect: "true"\n  serf:tags:\n    zone: north\n';
  expect(after(before, now + salt)).toEqual({ [file]: before });
});

test.each([
  ["joiners: 0x2", 'joiners: "2"'],
  ["joiners: ~", 'joiners: ""'],
  ["gossipPort: 2_5102", 'gossipPort: "25102"'],
  ["keyRotation: 017", 'keyRotation: "15"'],
  ["keyRotation: 0b10", 'keyRotation: "2"'],
  ["serfVersion: 2020-01-02", "serfVersion: 2020-01-02 00:00:00 +0000 UTC"],
  ["tags: { a: 1.10, b: 1_0.5, c: 0o17, d: ~ }", "tags: {a: 1.1, b: 10.5, c: 15, d: null}"],
  ["tags: { a: 2020-1-1 }", "tags: {a: '2020-01-01 00:00:00 +0000 UTC'}"],
  ["tags: { a: 2020-01-01T10:11:12Z }", "tags: {a: '2020-01-01 10:11:12 +0000 UTC'}"],
  ["tags: { a: 2020-01-01 10:11:12.5 }", "tags: {a: '2020-01-01 10:11:12.5 +0000 UTC'}"],
  ["tags: { a: 2020-01-01T10:11:12+02:00 }", "tags: {a: '2020-01-01 10:11:12 +0200 +0200'}"],
])("%s, which Pulumi writes as %s, is restored", (own, written) => {
  const before = `config:\n  serf:${own}\n`;
  expect(after(before, `config:\n  serf:${written}\n${salt}`)).toEqual({ [file]: before });
});

test("a value that was quoted meanwhile stays quoted", () => {
  const now = 'config:\n  serf:tags: { a: "2020-01-01", b: "2_0" }\n';
  const before = "config:\n  serf:tags: { a: 2020-01-01, b: 2_0 }\n";
  expect(after(before, now + salt)).toEqual({ [file]: now });
});

test("a setting that was changed meanwhile is kept", () => {
  const now = 'config:\n  serf:joiners: "2"\n';
  expect(after("config:\n  serf:joiners: 1\n", now + salt)).toEqual({ [file]: now });
});

test.each([
  ["a value", "config:\n  serf:gossipKey:\n    secure: v1:abc\n"],
  ["a value within others", "config:\n  serf:tags: { a: [{ secure: v1:abc }] }\n"],
])("the salt is kept when %s is encrypted", (_, now) => {
  expect(after("config: {}\n", salt + now)).toEqual({});
});

test("a salt that was there before is kept", () => {
  expect(after(salt, `config: {}\n${salt}`)).toEqual({});
});

test("a file that was created only for the salt is deleted", () => {
  expect(after(undefined, salt)).toEqual({ [file]: undefined });
  expect(after("", salt)).toEqual({ [file]: "" });
});

test("files without a salt, and files that cannot be parsed, are not changed", () => {
  expect(after(undefined, "config: {}\n")).toEqual({});
  expect(after("config: {}\n", `config: {\n${salt}`)).toEqual({});
});
