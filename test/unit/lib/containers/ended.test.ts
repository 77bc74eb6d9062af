import { afterEach, beforeEach, expect, test } from "vitest";
import { logsOfEnded } from "../../../../lib/containers/ended.ts";
import { FakeEngine } from "../../support/fakeEngine.ts";

let fake: FakeEngine;

beforeEach(async () => {
  fake = await FakeEngine.start();
});

afterEach(() => fake.stop());

interface State {
  readonly running?: boolean;
  readonly restarts?: number;
  readonly log?: string;
}

type Answers = FakeEngine["answers"];

/** Makes the fake engine have exactly these containers. */
function containers(states: Readonly<Record<string, State>>): void {
  const answers: Answers[] = Object.entries(states).map(
    ([name, { running = true, restarts = 0, log = "" }]) => {
      const head = Buffer.alloc(8);
      head[0] = 2;
      head.writeUInt32BE(Buffer.byteLength(log), 4);
      const state = { Name: `/${name}`, State: { Running: running }, RestartCount: restarts };
      const path = `GET /v1.41/containers/${name}`;
      return {
        [`${path}/json`]: { body: JSON.stringify(state) },
        [`${path}/logs?stdout=1&stderr=1&tail=8`]: {
          type: "application/octet-stream",
          body: Buffer.concat([head, Buffer.from(log)]),
        },
      };
    },
  );
  fake.answers = Object.assign({}, ...answers) as Answers;
}

test("containers that never exited are not reported", async () => {
  containers({ a: {} });
  expect(await logsOfEnded(["a"])).toBe("");
});

test("the text ends with the log of a container that exited or was restarted", async () => {
  containers({
    a: { restarts: 3, log: "no such tag\n" },
    b: { running: false, log: "one\ntwo\n" },
    c: { running: false },
  });
  expect(await logsOfEnded(["a", "b", "c"])).toBe(
    "\nThe container a has ended and was restarted 3 times, and its log ends:\nno such tag" +
      "\nThe container b is not running, and its log ends:\none\ntwo" +
      "\nThe container c is not running, and its log is empty.",
  );
});

test("at most three are reported", async () => {
  const names = ["a", "b", "c", "d"];
  containers(Object.fromEntries(names.map((name) => [name, { restarts: 2, log: name }])));
  expect((await logsOfEnded(names)).match(/The container/g)).toHaveLength(3);
});

test("a container that was removed is skipped", async () => {
  fake.answers = {
    "GET /v1.41/containers/a/json": { status: 404, body: '{"message":"No such container: a"}' },
  };
  expect(await logsOfEnded(["a"])).toBe("");
});
