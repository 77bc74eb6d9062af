/** How long a stack is meant to live. */

const units: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };

/** For error messages. */
export const allowedTtls = "a whole number of minutes, hours or days, for example 90m, 8h or 3d";

/** The seconds of a ttl; undefined if the text is not one of the {@link allowedTtls}. */
export function ttlSeconds(text: string): number | undefined {
  const [, count, unit = ""] = /^([1-9]\d{0,4})([mhd])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * units[unit]!;
}
