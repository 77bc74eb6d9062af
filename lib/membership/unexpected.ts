/** Removes unexpected members while the cluster is forming. */
import { carries, type Labels, roleLabel } from "../cluster/labels.ts";
import type { ExpectedMember, Member } from "../cluster/members.ts";
import type { Difference } from "./judge.ts";
import { unexpectedAmong } from "./judge.ts";
import { disconnect } from "../containers/lifecycle.ts";
import { engine, query } from "../engine/api.ts";
import { ask, type View } from "./views.ts";

/** A container on the cluster's network that does not belong to the stack. */
interface Neighbour {
  readonly id: string;
  readonly name: string;
  readonly address: string;
}

/** Disconnects other containers that have become members from the cluster's network. The containers keep running. */
export async function expelContainers(
  differences: readonly Difference[],
  network: string,
  labels: Labels,
): Promise<void> {
  const unexpected = differences.filter(({ fault }) => fault === "unexpected");
  if (unexpected.length === 0) return;
  for (const { id, name, address } of await neighboursIn(network, labels)) {
    const member = unexpected.find((one) => one.address === address);
    if (member === undefined) continue;
    await disconnect(id, network);
    console.error(
      `The container ${name}, which had joined as ${member.name} but does not belong to this stack, was ` +
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

/** Removes failed members that are not expected from the cluster's member list; Serf itself does so after a day. */
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

/** What to do about unexpected members; empty if there are none. */
export function adviceOnUnexpected(differences: readonly Difference[]): string {
  const unexpected = differences.filter(({ fault }) => fault === "unexpected");
  if (unexpected.length === 0) return "";
  const places = new Set(unexpected.map(({ name, address }) => `${name} at ${address}`));
  return (
    `\n${[...places].join(", ")}: not part of this stack, and not a container on its network. Stop that agent on its ` +
    "host, and run `up` again. It knows the gossip key, so then run `npm run rotate-key` to replace the key."
  );
}
