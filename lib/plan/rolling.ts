import type { Labels } from "../cluster/labels.ts";
import type { Names } from "../cluster/names.ts";
import type { Rolling, RollingHost } from "../membership/rollout.ts";
import { hostView } from "../membership/views.ts";
import type { Settings } from "../settings/types.ts";

/** The parameters of a stack's rolling changes; undefined if it replaces all members at once. */
export function rollingOf(settings: Settings, names: Names, labels: Labels): Rolling | undefined {
  const { maxUnavailable, convergenceTimeout: timeout, subnet } = settings;
  if (maxUnavailable === undefined) return undefined;
  const seed = { name: names.seed, address: subnet.seed };
  const { engines } = settings;
  const host = settings.hostAgent && engines.length === 0 && { host: hostOf(settings, names) };
  return { labels, maxUnavailable, timeout, seed, engines, ...host };
}

function hostOf(
  { hostAgentIn, hostAgentPort: port, rpcPort, subnet }: Settings,
  names: Names,
): RollingHost {
  const { host: name, hostAgentDir: dir } = names;
  const inContainer = { kind: "container", name } as const;
  const view = hostAgentIn === "container" ? inContainer : hostView({ name, dir, rpcPort });
  return { name, address: subnet.gateway, port, dir, view };
}
