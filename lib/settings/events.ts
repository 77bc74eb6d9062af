import { eventFaults } from "../serf/eventLimits.ts";
import { textFault } from "./plainText.ts";
import { isMap } from "./members/tags.ts";

/** An event that is sent after the members of the cluster have changed. */
export interface DeclaredEvent {
  readonly name: string;
  /** Default: empty. */
  readonly payload: string;
  /** Whether members receive only the last of several events with this name within 3 s. Default: false. */
  readonly coalesce: boolean;
}

/**
 * Reads the setting `events`.
 *
 * @param values as configured: a list of `{ name, payload, coalesce }`.
 * @param report receives each fault as a sentence that begins with the setting.
 */
export function parseEvents(
  values: readonly unknown[],
  report: (fault: string) => void,
): DeclaredEvent[] {
  return values.flatMap((one, index): DeclaredEvent[] => {
    const setting = `events[${index}]`;
    if (!isMap(one)) {
      report(
        `${setting} is ${JSON.stringify(one)}, allowed is a map with the strings name and ` +
          "payload and with coalesce, which is true or false",
      );
      return [];
    }
    const { name, payload = "", coalesce = false, ...others } = one;
    for (const [key, text] of Object.entries({ name, payload })) {
      const fault = textFault(`${setting}.${key}`, text);
      if (fault !== undefined) report(fault);
    }
    if (typeof coalesce !== "boolean") {
      report(`${setting}.coalesce is ${JSON.stringify(coalesce)}, allowed is true or false`);
    }
    for (const key of Object.keys(others)) {
      report(
        `${setting}.${key} is not a setting of an event; those are name, payload and coalesce`,
      );
    }
    if (typeof name !== "string" || typeof payload !== "string") return [];
    for (const fault of eventFaults({ name, payload: Buffer.from(payload) })) {
      report(`${setting}: ${fault}`);
    }
    return [{ name, payload, coalesce: coalesce === true }];
  });
}
