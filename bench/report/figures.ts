import type { ContenderName, Measurement, Metric } from "../support/result.ts";

/** Shown for a figure that was not measured. */
export const unknown = "–";

/** The middle value, or the mean of the two middle ones; undefined for no values. */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return undefined;
  return sorted.length % 2 === 1
    ? sorted[Math.floor(middle)]
    : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The lowest and the highest value; undefined for no values. */
export function spread(values: readonly number[]): readonly [number, number] | undefined {
  return values.length === 0 ? undefined : [Math.min(...values), Math.max(...values)];
}

/** One figure divided by another; undefined when either is unknown or the divisor is zero. */
export function ratio(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined || other === 0 ? undefined : one / other;
}

/** A metric's values in all rounds. */
export function valuesOf(
  measurements: readonly Measurement[],
  contender: ContenderName,
  joiners: number,
  metric: Metric,
): number[] {
  return measurements
    .filter(
      (one) => one.contender === contender && one.joiners === joiners && one.metric === metric,
    )
    .map(({ value }) => value);
}

/** Seconds with two decimals below ten, and one above. */
export function formatSeconds(value: number | undefined): string {
  if (value === undefined) return unknown;
  return value < 9.995 ? value.toFixed(2) : value.toFixed(1);
}

/** A ratio with its sign, for example `1.15 ×`. */
export function formatRatio(value: number | undefined): string {
  return value === undefined ? unknown : `${value.toFixed(2)} ×`;
}

/** Bytes in kB; 1 kB is 1000 bytes. */
export function formatBytes(value: number | undefined): string {
  return value === undefined ? unknown : `${(value / 1000).toFixed(1)} kB`;
}

/** A spread, for example `3.10–3.44`. */
export function formatSpread(
  value: readonly [number, number] | undefined,
  format: (value: number) => string = formatSeconds,
): string {
  return value === undefined ? unknown : value.map(format).join("–");
}
