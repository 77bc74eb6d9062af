import { medianOf } from "./goals.ts";
import { type ContenderName, contenderNames, type Results } from "../support/result.ts";

const width = 760;
const height = 420;
const plot = { left: 64, right: 560, top: 24, bottom: 360 };

/** Distinguishable on light and dark backgrounds. */
const colors: Readonly<Record<ContenderName, string>> = {
  limit: "#8a8f98",
  article: "#c98500",
  compose: "#2f8fd8",
  "compose, a service each": "#17becf",
  terraform: "#8b6cd9",
  ours: "#d9483b",
  "ours, host agent on": "#2c9f6b",
};

const style = `<style>
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .axis { stroke: #57606a } .grid { stroke: #57606a; stroke-opacity: .25 }
  @media (prefers-color-scheme: dark) { text { fill: #d8dee6 } .axis, .grid { stroke: #9aa4b0 } }
</style>`;

/** Renders the plot of `up` over N: medians as lines, single measurements as dots. */
export function renderSvg(results: Results): string {
  const seconds = results.measurements.filter(({ metric }) => metric === "up");
  const xTop = Math.max(1, ...results.sizes);
  const ySteps = steps(Math.max(1, ...seconds.map(({ value }) => value)));
  const yTop = ySteps.at(-1)!;
  const x = (joiners: number) => round(plot.left + (joiners / xTop) * (plot.right - plot.left));
  const y = (value: number) => round(plot.bottom - (value / yTop) * (plot.bottom - plot.top));

  const grid = ySteps.map(
    (value) =>
      `<line class="grid" x1="${plot.left}" x2="${plot.right}" y1="${y(value)}" y2="${y(value)}"/>` +
      `<text x="${plot.left - 8}" y="${y(value) + 4}" text-anchor="end">${value}</text>`,
  );
  const ticks = results.sizes.map(
    (joiners) =>
      `<line class="axis" x1="${x(joiners)}" x2="${x(joiners)}" y1="${plot.bottom}" y2="${plot.bottom + 5}"/>` +
      `<text x="${x(joiners)}" y="${plot.bottom + 20}" text-anchor="middle">${joiners}</text>`,
  );
  const shown = contenderNames.filter((name) =>
    seconds.some(({ contender }) => contender === name),
  );
  const lines = shown.map((name) => {
    const points = results.sizes.flatMap((joiners) => {
      const value = medianOf(results, name, joiners, "up");
      return value === undefined ? [] : [`${x(joiners)},${y(value)}`];
    });
    return `<polyline points="${points.join(" ")}" fill="none" stroke="${colors[name]}" stroke-width="2"/>`;
  });
  const dots = seconds.map(
    ({ contender, joiners, value }) =>
      `<circle cx="${x(joiners)}" cy="${y(value)}" r="3" fill="${colors[contender]}"/>`,
  );
  const legend = byLastFigure(shown, results).map((name, position) => {
    const at = plot.top + 10 + position * 22;
    return (
      `<line x1="${plot.right + 24}" x2="${plot.right + 48}" y1="${at}" y2="${at}" stroke="${colors[name]}" stroke-width="3"/>` +
      `<text x="${plot.right + 56}" y="${at + 4}">${name}</text>`
    );
  });

  const middle = (plot.left + plot.right) / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="Seconds of up by the number of joiners">`,
    style,
    ...grid,
    `<path class="axis" fill="none" d="M${plot.left} ${plot.top}V${plot.bottom}H${plot.right}"/>`,
    ...ticks,
    `<text x="${middle}" y="${plot.bottom + 44}" text-anchor="middle">N, joiners</text>`,
    `<text transform="translate(18 ${(plot.top + plot.bottom) / 2}) rotate(-90)" text-anchor="middle">up until all are alive, seconds</text>`,
    ...lines,
    ...dots,
    ...legend,
    "</svg>\n",
  ].join("\n");
}

/** About four to eight round values from 0 to at least `most`, for the axis. */
export function steps(most: number): number[] {
  const magnitude = 10 ** Math.floor(Math.log10(most));
  const step = [0.2, 0.5, 1, 2].map((part) => part * magnitude).find((size) => most / size <= 8)!;
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, index) => round(index * step));
}

/** Sorted by where the lines end, so that the legend has the same order from top to bottom. */
function byLastFigure(names: readonly ContenderName[], results: Results): ContenderName[] {
  const last = (name: ContenderName) =>
    results.sizes.findLast((size) => medianOf(results, name, size, "up") !== undefined) ?? 0;
  const figure = (name: ContenderName) => medianOf(results, name, last(name), "up") ?? 0;
  return [...names].sort((a, b) => last(b) - last(a) || figure(b) - figure(a));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
