import { userInfo } from "node:os";

/** Who runs this program: the user of this machine, or in a workflow on GitHub the user who has caused it. */
export function currentUser(env: NodeJS.ProcessEnv = process.env): string {
  return env["GITHUB_ACTOR"] || nameOfUser() || env["USER"] || "unknown";
}

function nameOfUser(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    // A user without an entry in the list of users, as in a container.
    return undefined;
  }
}
