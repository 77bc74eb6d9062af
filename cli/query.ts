/** `npm run query -- NAME [PAYLOAD]`: sends a query and prints the members' answers. */
import type { Member } from "../lib/cluster/members.ts";
import { joinerName, namesOf, project } from "../lib/cluster/names.ts";
import { UserError } from "../lib/host/errors.ts";
import { queryFaults } from "../lib/serf/eventLimits.ts";
import type { Query, QueryRecord } from "../lib/serf/messages.ts";
import type { SerfRpc } from "../lib/serf/rpc.ts";
import { throughAgent } from "./support/agents/agents.ts";
import { payloadFrom, readablePayload, shownPayload } from "./support/agents/payload.ts";
import { expectationFrom, QueryTally, timeoutFrom } from "./support/agents/queryTally.ts";
import { explained, tagFilters, tagHelp } from "./support/agents/tagFilters.ts";
import { command } from "./support/stack/arguments.ts";

await command(
  {
    command: "npm run query",
    purpose:
      "Sends a query and prints each answer as it arrives. A PAYLOAD of - is read from standard input.",
    positionals: ["NAME", "[PAYLOAD]"],
    options: {
      node: { value: "NAME", multiple: true, help: "sends it to this member only" },
      tag: { value: "NAME=REGEXP", multiple: true, help: tagHelp },
      timeout: {
        value: "SECONDS",
        help: "how long to wait; default: Serf's, which depends on the number of members",
      },
      expect: {
        value: "N",
        help: 'fails when fewer members answer; "all" means every member that is asked',
      },
      json: { help: "prints JSON, one object per line" },
    },
  },
  async ({ stack, positionals: [name = "", argument], options }) => {
    const expected = options.expect === undefined ? 0 : expectationFrom(options.expect);
    const timeout = options.timeout === undefined ? undefined : timeoutFrom(options.timeout);
    const payload = await payloadFrom(argument);
    const query = { name, payload, nodes: options.node, tags: tagFilters(options.tag), timeout };
    // Serf counts the sender's name into the size. Any agent may send it, so use the longest possible name.
    const from = joinerName(namesOf(project, stack).prefix, "a".repeat(16), 1000);
    const faults = queryFaults({ ...query, from });
    if (faults.length > 0) throw new UserError(faults.join("\n"));

    const { tally, seconds } = await throughAgent(stack, async ({ rpc }) => {
      const asked = await membersAsked(rpc, query, options.tag);
      return await ask(rpc, query, asked, options.json ? printJson : printerFor(asked));
    });
    const done = { type: "done", ...tally.summary(seconds) };
    console.log(options.json ? JSON.stringify(done) : tally.sentence(seconds));
    const shortfall = tally.shortfall(expected);
    if (shortfall !== undefined) throw new UserError(shortfall);
    return 0;
  },
);

/** The names of the alive members that the query addresses. */
async function membersAsked(
  rpc: SerfRpc,
  { nodes = [], tags }: Query,
  givenTags: readonly string[],
): Promise<string[]> {
  const isAlive = ({ status }: Member) => status === "alive";
  const alive = (await rpc.members()).filter(isAlive).map(({ name }) => name);
  const unknown = nodes.find((node) => !alive.includes(node));
  if (unknown !== undefined) {
    throw new UserError(`--node is "${unknown}", allowed is the name of a member that is alive.`);
  }
  const matching = await rpc.members(tags).catch((error: unknown) => {
    throw new UserError(explained((error as Error).message, givenTags));
  });
  const asked = matching.filter(isAlive).map(({ name }) => name);
  const chosen = asked.filter((name) => nodes.length === 0 || nodes.includes(name));
  if (chosen.length === 0) throw new UserError("No alive member matches --node and --tag.");
  return chosen;
}

async function ask(
  rpc: SerfRpc,
  query: Query,
  asked: readonly string[],
  print: (record: QueryRecord) => void,
): Promise<{ tally: QueryTally; seconds: number }> {
  const tally = new QueryTally(asked);
  const start = performance.now();
  for await (const record of rpc.query(query)) {
    tally.add(record);
    print(record);
    if (tally.isComplete) break;
  }
  return { tally, seconds: (performance.now() - start) / 1000 };
}

function printJson({ type, from, payload }: QueryRecord): void {
  const answer = type === "response" ? readablePayload(payload) : {};
  console.log(JSON.stringify({ type, from, ...answer }));
}

/** Prints each line of an answer after the member's name. */
function printerFor(asked: readonly string[]): (record: QueryRecord) => void {
  const width = Math.max(...asked.map((name) => name.length));
  return ({ type, from, payload }) => {
    if (type !== "response") return;
    for (const line of shownPayload(payload).split(/\r?\n/)) {
      console.log(`${from.padEnd(width)}  ${line}`.trimEnd());
    }
  };
}
