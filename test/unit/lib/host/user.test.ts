import { userInfo } from "node:os";
import { expect, test } from "vitest";
import { currentUser } from "../../../../lib/host/user.ts";

test("the user is who has caused a workflow, else this machine's", () => {
  expect(currentUser({ GITHUB_ACTOR: "anna" })).toBe("anna");
  expect(currentUser({})).toBe(userInfo().username);
});
