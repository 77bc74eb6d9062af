import type { Labels } from "./labels.ts";

/** The docker client's arguments that choose what carries the labels. */
export function labelFilters(labels: Labels): string[] {
  return Object.entries(labels).flatMap(([key, value]) => ["--filter", `label=${key}=${value}`]);
}
