/** What the gate does about members that are not of the stack. */
import { carries, type Labels, roleLabel } from "../cluster/labels.ts";
import type { ExpectedMember, Member } from "../cluster/members.ts";
import type { Difference } from "./judge.ts";
import { unexpectedAmong } from "./judge.ts";
import { disconnect } from "../containers/lifecycle.ts";
import { engine, query } from "../engine/api.ts";
import { ask, type View } from "./views.ts";

/** A container of others on the cluster's network. */
interface Neighbour {
  readonly id: string;
  readonly name: string;
  readonly address: string;
}

/** Disconnects others' containers from the cluster's network that are members; the containers stay. */
export async function expelContainers(
  differences: readonly Difference[],
  network: string,
  labels: Labels,
): Promise<void> {
  const unexpected = differences.filter(({ fault }) => fault === "unexpected");
  if (unexpected.length === 0) return;
  for (const { id, name, address } of await neighboursIn(network, labels)) {
    const one = unexpected.find((one) => one.address === address);
    if (one === undefined) continue;
    await disconnect(id, network);
    console.error(
      `The container ${name}, which was the member ${one.name} and is not of this stack, was ` +
        `disconnected from the network ${network}.`,
    );
  }
}

async function neighboursIn(network: string, labels: Labels): Promise<Neighbour[]> {
  const path = `/containers/json?${query({ filters: { network: [network] } })}`;
  const found = (await engine({ method: "GET", path })) as {
    readonly Id: string;
    readonly Names: readonly string[];
    readonly Labels: Readonly<Record<string, string>>;
    readonly NetworkSettings: { readonly Networks: Record<string, { readonly IPAddress: string }> };
  }[];
  return found
    .filter(({ Labels }) => !carries(Labels, labels) || Labels[roleLabel] === undefined)
    .map(({ Id, Names, NetworkSettings }) => ({
      id: Id,
      name: (Names[0] ?? "").replace(/^\//, ""),
      address: NetworkSettings.Networks[network]?.IPAddress ?? "",
    }));
}

/** Lets the cluster forget members that have failed and are not expected, which Serf does after a day. */
export async function forgetFailedMembers(
  view: View,
  members: readonly Member[],
  expected: readonly ExpectedMember[],
): Promise<void> {
  const failed = unexpectedAmong(members, expected).filter(({ status }) => status === "failed");
  for (const { name } of failed) {
    await ask(view, (agent) => agent.forget(name)).catch(() => undefined);
  }
}

/** What whoever reads of unexpected members can do; empty where there are none. */
export function adviceOnUnexpected(differences: readonly Difference[]): string {
  const unexpected = differences.filter(({ fault }) => fault === "unexpected");
  if (unexpected.length === 0) return "";
  const places = new Set(unexpected.map(({ name, address }) => `${name} at ${address}`));
  return (
    `\n${[...places].join(", ")}: not of this stack, and not a container on its network. End that agent where ` +
    "it runs, and run `up` again. It knows the gossip key: `npm run rotate-key` then gives the cluster another."
  );
}
