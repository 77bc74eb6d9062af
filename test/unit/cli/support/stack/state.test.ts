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

test("a renamed stack is recognized by the labels of its resources", () => {
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
])("passphrase error: %s", (said, what) => {
  expect(passphraseFault(said, "/p")?.what).toBe(what);
});

test("other errors of Pulumi are not passphrase errors", () => {
  expect(passphraseFault("unexpected end of JSON input", "/p")).toBeUndefined();
});

test("settings: an empty text is not set, and a secret without a value is set", () => {
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

test("a switch that is neither true nor false counts as on", () => {
  const settings = new StackSettings({ "serf:protect": { value: "yes", secret: false } });
  expect(settings.wants("protect")).toBe(true);
  expect(settings.wants("retainData")).toBe(false);
});
