import { type Member, parseMembers } from "../components/members.ts";
import { execute } from "./containerExec.ts";
import { run } from "./run.ts";

/** A side from which the cluster is looked at. */
export type View =
  | { readonly kind: "container"; readonly name: string }
  | {
      readonly kind: "host";
      readonly name: string;
      /** Serf's command line, which knows the token that the host's agent asks for. */
      readonly client: string;
      /** Where the host's agent answers RPC, `host:port`. */
      readonly rpcAddress: string;
    };

/**
 * Runs Serf's command line against the agent of a view.
 *
 * @param timeout milliseconds. Default: 10,000.
 * @throws CommandError or EngineError when the agent does not answer or the command fails.
 */
export function serf(view: View, args: readonly string[], timeout?: number): Promise<string> {
  if (view.kind === "container") return execute(view.name, ["serf", ...args], timeout);
  const [command, ...rest] = args;
  return run(view.client, [command!, `-rpc-addr=${view.rpcAddress}`, ...rest], { timeout });
}

/** The members as the view's agent sees them. Errors as of {@link serf}. */
export async function membersSeenBy(view: View, timeout?: number): Promise<Member[]> {
  return parseMembers(await serf(view, ["members", "-format=json"], timeout));
}
