import { expect, test } from "vitest";
import { placesAsTyped } from "../../../setup/backend.ts";
import { messageOf } from "../../../setup/main.ts";
import { UserError } from "../../../lib/host/errors.ts";

const backend = (url: string) =>
  placesAsTyped({ INIT_CWD: "/home/me/a b", PULUMI_BACKEND_URL: url })["PULUMI_BACKEND_URL"];

test.each([
  ["file://./mystate", "file:///home/me/a%20b/./mystate"],
  ["file://mystate?no_tmp_dir=true", "file:///home/me/a%20b/mystate?no_tmp_dir=true"],
  ["file://.", "file:///home/me/a%20b/."],
  ["file://", "file:///home/me/a%20b/"],
])("%s is relative to the folder where the command was typed", (url, place) => {
  expect(backend(url)).toBe(place);
});

test.each(["file:///state", "file://~", "file://~/state", "s3://bucket", "https://app", ""])(
  "%s is what it is",
  (url) => {
    expect(backend(url)).toBeUndefined();
  },
);

test("the passphrase file is relative to that folder as well", () => {
  const file = (path: string) =>
    placesAsTyped({ INIT_CWD: "/home/me", PULUMI_CONFIG_PASSPHRASE_FILE: path });
  expect(file("./pass.txt")).toEqual({ PULUMI_CONFIG_PASSPHRASE_FILE: "/home/me/pass.txt" });
  expect(file("/pass.txt")).toEqual({ PULUMI_CONFIG_PASSPHRASE_FILE: "/pass.txt" });
});

test("a permission error says what to do", () => {
  const refused = (code: string) =>
    Object.assign(new Error(`${code}: refused, open '.serf/passphrase'`), { code, path: ".serf" });
  expect(messageOf(refused("EACCES"))).toMatch(/^EACCES: .*\nThis user is not allowed to do that/);
  expect(messageOf(refused("EROFS"))).toMatch(/must be writable/);
  expect(messageOf(refused("ENOSPC"))).toBe("ENOSPC: refused, open '.serf/passphrase'");
  expect(messageOf(new UserError("No."))).toBe("No.");
});
