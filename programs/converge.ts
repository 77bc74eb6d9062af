/**
 * Waits until the cluster has formed.
 *
 *     node programs/converge.ts form|dissolve < input.json
 *
 * `form` first removes the stack's agents that are not declared any more. It succeeds when every view sees exactly
 * the expected members alive, and prints them as the seed sees them. At the deadline it fails with a table of what
 * each view is missing, and with the last log lines of members whose containers have ended. Other containers that
 * have become members are disconnected from the cluster's network, and failed members that are not expected are
 * removed from the cluster's member list.
 *
 * `dissolve` lets all agents in containers leave at once, and removes the containers.
 */
import { text } from "node:stream/consumers";
import { gossipEndpoint } from "../lib/agents/config.ts";
import { rereadConfig, stopAgent } from "../lib/agents/process.ts";
import { type ExpectedMember, type Member } from "../lib/cluster/members.ts";
import { logsOfEnded } from "../lib/containers/ended.ts";
import { agentContainers, reloadAgent, removeContainers } from "../lib/containers/lifecycle.ts";
import { type NamedEngine, onEach } from "../lib/engine/scope.ts";
import { pause, printResult } from "../lib/host/run.ts";
import { formatTable } from "../lib/host/table.ts";
import type { ConvergenceInput } from "../lib/inputs/converge.ts";
import { healInterval, joinFew, synchronize } from "../lib/membership/healing.ts";
import { compareMembers, hasFormed, type ViewState } from "../lib/membership/judge.ts";
import { adviceOnLargeCluster } from "../lib/membership/largeCluster.ts";
import {
  adviceOnUnexpected,
  expelContainers,
  forgetFailedMembers,
} from "../lib/membership/unexpected.ts";
import { membersSeenBy, type View } from "../lib/membership/views.ts";

/** Milliseconds between two checks. */
const pollInterval = 200;

/**
 * Timeouts for a view's answer in milliseconds, at first and at most. A lost agent should be given up soon, but an
 * engine whose processors are busy with hundreds of joining agents takes longer to answer.
 */
const [shortestTimeout, longestTimeout] = [5000, 60_000];

async function converge(input: ConvergenceInput): Promise<readonly Member[]> {
  await removeFormerAgents(input);
  const started = Date.now();
  const deadline = started + input.timeout * 1000;
  let heal = started + healInterval;
  let isSynchronized = false;
  let viewTimeout = shortestTimeout;
  for (;;) {
    const states = await Promise.all(
      input.views.map((view) => look(view, input.expected, viewTimeout)),
    );
    const isFormed = hasFormed(states);
    if (isFormed && isSynchronized) {
      await forgetFailedMembers(states[0]!.view, states[0]!.members, input.expected);
      return states[0]!.members.filter(({ status }) => status === "alive");
    }
    const now = Date.now();
    if (now > deadline) {
      const ended = await onEach(enginesOf(input), () => logsOfEnded(membersAtFault(states)));
      throw new Error(report(input, states) + ended.join(""));
    }
    if (states.some(({ error }) => error !== undefined)) {
      const left = Math.max(shortestTimeout, deadline - now);
      viewTimeout = Math.min(2 * viewTimeout, longestTimeout, left);
    }
    if (isFormed) {
      isSynchronized = await synchronize(states[0]!.view, otherAddresses(input), deadline - now);
      continue;
    }
    if (now > heal) {
      heal = now + healInterval;
      await Promise.all(states.map((state) => joinLost(state, input.expected)));
      const differences = states.flatMap(({ differences }) => differences);
      await onEach(enginesOf(input), async () => {
        await reloadMistagged(states);
        await expelContainers(differences, input.network, input.labels);
      });
    }
    await pause(pollInterval);
  }
}

function enginesOf({ engines = [] }: ConvergenceInput): readonly NamedEngine[] {
  return engines;
}

/** Pulumi deletes removed resources only at the very end, but the cluster must be complete before that. */
async function removeFormerAgents(input: ConvergenceInput): Promise<void> {
  const { expected, formerHostDir, labels } = input;
  if (formerHostDir !== undefined) await stopAgent(formerHostDir);
  const names = new Set(expected.map(({ name }) => name));
  await onEach(enginesOf(input), async () => {
    const agents = await agentContainers(labels);
    await removeContainers(agents.filter(({ name }) => !names.has(name)));
  });
}

async function look(
  view: View,
  expected: readonly ExpectedMember[],
  viewTimeout: number,
): Promise<ViewState> {
  try {
    const members = await membersSeenBy(view, viewTimeout);
    return { view, members, differences: compareMembers(expected, members), error: undefined };
  } catch (error) {
    return { view, members: [], differences: [], error: (error as Error).message };
  }
}

function otherAddresses({ expected, views }: ConvergenceInput): string[] {
  return expected.filter(({ name }) => name !== views[0]!.name).map(gossipEndpoint);
}

async function joinLost(
  { view, differences }: ViewState,
  expected: readonly ExpectedMember[],
): Promise<void> {
  const lost = differences.filter(({ fault }) => fault !== "unexpected" && fault !== "wrong tags");
  const names = new Set(lost.map(({ name }) => name));
  await joinFew(view, expected.filter(({ name }) => names.has(name)).map(gossipEndpoint));
}

/** An agent that was just starting may have missed the signal to reload its configuration. */
async function reloadMistagged(states: readonly ViewState[]): Promise<void> {
  const names = states.flatMap(({ differences }) =>
    differences.filter(({ fault }) => fault === "wrong tags").map(({ name }) => name),
  );
  await Promise.all([...new Set(names)].map(reloadAgent));
  for (const { view } of states) {
    if (view.kind === "host" && names.includes(view.name)) rereadConfig(view.dir);
  }
}

/** The members that do not answer, and those that other members do not see as expected. */
function membersAtFault(states: readonly ViewState[]): string[] {
  const names = states.flatMap(({ view, differences, error }) =>
    error === undefined
      ? differences.filter(({ fault }) => fault !== "unexpected").map(({ name }) => name)
      : [view.name],
  );
  return [...new Set(names)];
}

function report(input: ConvergenceInput, states: readonly ViewState[]): string {
  const rows = states.flatMap(({ view, differences, error }) =>
    error === undefined
      ? differences.map(({ name, address, fault }) => [view.name, name, address, fault])
      : [[view.name, "-", "-", `no answer: ${error.replace(/\n.*/s, "")}`]],
  );
  return (
    `The cluster of ${input.expected.length} has not formed within ${input.timeout} s ` +
    "(setting convergenceTimeout):\n" +
    formatTable([["SEEN BY", "MEMBER", "ADDRESS", "FAULT"], ...rows]) +
    adviceOnUnexpected(states.flatMap(({ differences }) => differences)) +
    adviceOnLargeCluster(input.expected.length, input.profile)
  );
}

await printResult(async () => {
  const input = JSON.parse(await text(process.stdin)) as ConvergenceInput;
  const command = process.argv[2];
  if (command === "form") return await converge(input);
  if (command === "dissolve") {
    await onEach(enginesOf(input), async () =>
      removeContainers(await agentContainers(input.labels)),
    );
    return;
  }
  throw new Error(`The command is ${command ?? "missing"}; allowed are form and dissolve.`);
});
