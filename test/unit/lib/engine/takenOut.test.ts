import { expect, test } from "vitest";
import { takenOut } from "../../../../lib/engine/scope.ts";

const [a, b, c] = ["a", "b", "c"].map((name) => ({ name, host: `tcp://${name}:2375` })) as [
  ...{ name: string; host: string }[],
];

test("an engine is taken out when neither its name nor its address is listed", () => {
  expect(takenOut([a!, b!, c!], [a!, b!])).toEqual([c]);
  expect(takenOut([a!, b!], [a!, b!, c!])).toEqual([]);
  expect(takenOut([a!, b!], [a!, { ...b!, name: "renamed" }])).toEqual([]);
  expect(takenOut([a!, b!], [a!, { ...b!, host: "tcp://moved:2375" }])).toEqual([]);
});
