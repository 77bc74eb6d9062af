import type { ContainerLimits } from "../../containers/description.ts";
import { integer, text } from "../kinds.ts";
import { SettingsReader } from "../reader.ts";
import { allContainers } from "./changes.ts";

/** The limits of each agent's container. */
export const limitSettings = {
  memory: integer([32, 65536], {
    description: "Memory in MiB",
    default: "128",
    change: allContainers,
  }),
  cpus: text({
    ...{ description: "Number of processors", default: "1", change: allContainers },
    allowed: "a number from 0.1 to 64",
    parse: (received) => {
      const cpus = /^\d+(\.\d+)?$/.test(received) ? Number(received) : 0;
      return cpus >= 0.1 && cpus <= 64 ? cpus : undefined;
    },
  }),
};

/** Reads the map of limits. */
export function readLimits(reader: SettingsReader, key: string): ContainerLimits {
  const own = new SettingsReader(reader.readMap(key), `${key}.`, reader.report);
  const limits = {
    memory: limitSettings.memory.read(own, "memory", []),
    cpus: limitSettings.cpus.read(own, "cpus", []),
  };
  own.refuseOthers(Object.keys(limitSettings));
  return limits;
}
