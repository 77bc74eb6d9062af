import { parseSettings, SettingsError } from "../../../lib/settings/settings.ts";

const handlerFiles = [{ name: "load", isExecutable: true }];
/** What the stacks of these tests had before. */
const recorded = { subnet: "172.30.0.0/24", gossipPort: 7946, rpcPort: 7373 };
/** Where they are deployed from. */
export const place = { stack: "test", platform: "linux", handlerFiles, recorded } as const;

/** What is wrong with a configuration; nothing where it is accepted. */
export function faultsOf(
  values: Record<string, string>,
  where: typeof place | object = {},
): string[] {
  try {
    parseSettings(values, { ...place, ...where });
  } catch (error) {
    if (error instanceof SettingsError) return [...error.faults];
    throw error;
  }
  return [];
}
