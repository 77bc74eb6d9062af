import { expect, test } from "vitest";
import { formerName, refuseRenamed } from "../../../../../cli/support/stack/renamed.ts";
import { StackSettings } from "../../../../../cli/support/stack/settings.ts";
import { passphraseFault } from "../../../../../cli/support/stack/state.ts";

const made = (stack: string) => [
  { urn: "a", type: "command:local:Command", inputs: { stdin: "{}" } },
  {
    urn: "b",
    type: "docker:index/network:Network",
    inputs: {
      labels: [
        { label: "serf.project", value: "serf" },
        { label: "serf.stack", value: stack },
      ],
    },
  },
];

test("a renamed stack is told by the labels of what it made", () => {
  expect(formerName("dev", made("dev"))).toBeUndefined();
  expect(formerName("dev", [])).toBeUndefined();
  expect(formerName("demo", made("dev"))).toBe("dev");
  expect(() => refuseRenamed("demo", made("dev"))).toThrow(
    /^Stack demo was called dev .*`npm run pulumi -- stack rename dev --stack demo`.*`npm stop -- --stack demo`/,
  );
});

test.each([
  [
    "unable to read PULUMI_CONFIG_PASSPHRASE_FILE: open /p: no such file or directory",
    "a passphrase, and /p is missing",
  ],
  [
    "unable to read PULUMI_CONFIG_PASSPHRASE_FILE: open /p: permission denied",
    "a passphrase, and /p cannot be read: open /p: permission denied",
  ],
  [
    "constructing secrets manager: incorrect passphrase",
    "a different passphrase from the one in /p",
  ],
])("Pulumi's words on a passphrase: %s", (said, what) => {
  expect(passphraseFault(said, "/p")?.what).toBe(what);
});

test("other words of Pulumi's are not on a passphrase", () => {
  expect(passphraseFault("unexpected end of JSON input", "/p")).toBeUndefined();
});

test("settings: an empty text is none, and a secret without a value is set", () => {
  const settings = new StackSettings({
    "serf:dockerHost": { value: "", secret: false },
    "serf:gossipKey": { secret: true },
    "serf:protect": { value: "true", secret: false },
    "serf:retainData": { value: "false", secret: false },
  });
  expect(settings.value("dockerHost")).toBeUndefined();
  expect(settings.isSet("dockerHost")).toBe(false);
  expect(settings.isSet("gossipKey")).toBe(true);
  expect(settings.wants("protect")).toBe(true);
  expect(settings.wants("retainData")).toBe(false);
});

test("what should be true or false and is neither keeps what it would keep", () => {
  const settings = new StackSettings({ "serf:protect": { value: "yes", secret: false } });
  expect(settings.wants("protect")).toBe(true);
  expect(settings.wants("retainData")).toBe(false);
});
