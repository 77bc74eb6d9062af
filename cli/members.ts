/** `npm run members`: prints the members as the cluster currently sees them. */
import { formatMembers } from "../lib/cluster/members.ts";
import { UserError } from "../lib/host/errors.ts";
import { liveMembers } from "./support/agents/liveMembers.ts";
import { explained, tagFilters, tagHelp } from "./support/agents/tagFilters.ts";
import { command } from "./support/stack/arguments.ts";

const statuses = ["alive", "leaving", "left", "failed"];

await command(
  {
    command: "npm run members",
    purpose: "Prints the members as a running agent sees them.",
    options: {
      tag: { value: "NAME=REGEXP", multiple: true, help: tagHelp },
      status: {
        value: "STATUS",
        multiple: true,
        help: `only members with this status: ${statuses.join(", ")}`,
      },
      json: { help: "prints JSON" },
    },
  },
  async ({ stack, options: { tag, status, json } }) => {
    const wrong = status.find((value) => !statuses.includes(value));
    if (wrong !== undefined) {
      throw new UserError(`--status is "${wrong}", allowed are ${statuses.join(", ")}.`);
    }
    const members = await liveMembers(stack, { tags: tagFilters(tag), status }).catch(
      (error: unknown) => {
        throw new UserError(explained((error as Error).message, tag));
      },
    );
    console.log(json ? JSON.stringify(members, null, 2) : formatMembers(members));
    return 0;
  },
);
