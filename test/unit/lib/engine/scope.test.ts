import { expect, test } from "vitest";
import { chosenEngine } from "../../../../lib/engine/context.ts";
import {
  currentEngine,
  currentEnvironment,
  onEach,
  onEngine,
} from "../../../../lib/engine/scope.ts";
import { pause } from "../../../../lib/host/run.ts";

const [a, b] = [
  { name: "a", host: "tcp://10.0.0.1:2376", certPath: "/certs/a" },
  { name: "b", host: "unix:///run/b.sock" },
];

test("work on an engine uses it, also after it has waited", async () => {
  const found = await onEach([a, b], async () => {
    await pause(1);
    return [chosenEngine(), currentEnvironment()["DOCKER_CERT_PATH"]];
  });
  expect(found).toEqual([
    [{ host: a.host, source: "The engine a", certPath: "/certs/a" }, "/certs/a"],
    [{ host: b.host, source: "The engine b" }, ""],
  ]);
});

test("without an engine it is that of the process, also within other work", () => {
  expect(currentEngine()).toBe(undefined);
  expect(currentEnvironment()).toBe(process.env);
  expect(onEngine(a, () => onEngine(undefined, currentEngine))).toBe(undefined);
});

test("a stack without several engines does its work once", async () => {
  expect(await onEach([], () => Promise.resolve(currentEngine()))).toEqual([undefined]);
});
