/** What a user reads when GitHub refuses a request. */
import { RequestError } from "@octokit/request-error";
import { UserError } from "../../../lib/host/errors.ts";
import { secondsToWait } from "./rateLimits.ts";

/** What a request is for. */
export interface Purpose {
  /** Completes "GitHub did not …". */
  readonly what: string;
  /** The permission of a workflow's job that the request needs. */
  readonly permission: string;
}

/** Whether GitHub or the network failed, so that nobody knows whether the request has been carried out. */
export function isServerFault(error: unknown): boolean {
  return error instanceof RequestError && error.status >= 500;
}

/** The failure as a sentence that says what to do. */
export function explained(error: unknown, purpose: Purpose, now = Date.now()): unknown {
  if (error instanceof UserError || !(error instanceof Error)) return error;
  if (!(error instanceof RequestError)) {
    const isAnswer = error.name === "GraphqlResponseError";
    return isAnswer ? new UserError(sentence(purpose, oneLine(error.message), "")) : error;
  }
  const { status } = error;
  const wait = secondsToWait(
    { status, message: error.message, headers: error.response?.headers ?? {} },
    now,
  );
  const said = oneLine(error.message);
  if (wait !== undefined) {
    const until = new Date(now + wait * 1000).toISOString();
    return new UserError(
      sentence(purpose, `${status}, ${said}`, `its rate limit is used up until ${until}`),
    );
  }
  // Without an answer, the number is Octokit's.
  const reason = error.response === undefined ? said : `${status}, ${said}`;
  return new UserError(sentence(purpose, reason, advice(status, purpose)));
}

function advice(status: number, { permission }: Purpose): string {
  if (status === 401) return "set GITHUB_TOKEN to a valid token";
  if (status === 403) return `give the job the permission \`${permission}\``;
  if (status === 404) {
    return `check that it exists in the repository, and give the job the permission \`${permission}\``;
  }
  if (status === 410) {
    return `switch issues on in the repository's settings; the permission for them is \`${permission}\``;
  }
  if (status === 422) {
    return `it does not accept what was sent; the permission that the request needs is \`${permission}\``;
  }
  return status >= 500 ? "run this again later" : "";
}

function sentence({ what }: Purpose, reason: string, advice: string): string {
  return `GitHub did not ${what} (${reason})${advice === "" ? "" : `: ${advice}`}.`;
}

/** A message on one line, without the address of its documentation. */
function oneLine(message: string): string {
  const text = message.replace(/ - https:\/\/docs\.github\.com\S*/, "").replaceAll(/\s+/g, " ");
  const short = text.length > 300 ? `${text.slice(0, 300)}…` : text;
  return short.trim().replace(/\.$/, "");
}
