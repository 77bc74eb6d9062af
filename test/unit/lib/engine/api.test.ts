import { connect } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { engine, query } from "../../../../lib/engine/api.ts";
import { execute } from "../../../../lib/engine/exec.ts";
import { containerStream } from "../../../../lib/engine/execStream.ts";
import { demultiplex } from "../../../../lib/engine/multiplexed.ts";
import { forEachParallel } from "../../../../lib/host/parallel.ts";
import { openInContainer, openWithFiles } from "../../../../lib/serf/open.ts";
import { FakeAgent } from "../../support/fakeAgent.ts";
import { FakeEngine } from "../../support/fakeEngine.ts";

let fake: FakeEngine;

beforeEach(async () => {
  fake = await FakeEngine.start();
});

afterEach(() => fake.stop());

test("sends values as JSON and archives unchanged, and parses JSON", async () => {
  fake.answers = {
    "POST /v1.41/a": { body: '{"Id":"1"}' },
    "PUT /v1.41/b": { body: "" },
  };
  expect(await engine({ method: "POST", path: "/a", body: { x: "ä" } })).toEqual({ Id: "1" });
  await engine({ method: "PUT", path: "/b", body: Buffer.from("tar") });
  expect(fake.asked).toEqual([
    { request: "POST /v1.41/a", type: "application/json", body: '{"x":"ä"}' },
    { request: "PUT /v1.41/b", type: "application/x-tar", body: "tar" },
  ]);
});

test.each([
  ["1.51", "1.51"],
  ["1.44", "1.44"],
  ["1.99", "1.51"],
  ["1.24", "1.41"],
  ["2.0", "1.41"],
  [undefined, "1.41"],
])("with an engine of version %s uses version %s, and asks for it once", async (told, spoken) => {
  fake.apiVersion = told;
  fake.answers = { [`GET /v${spoken}/a`]: { body: "{}" }, [`GET /v${spoken}/b`]: { body: "{}" } };
  await engine({ method: "GET", path: "/a" });
  await engine({ method: "GET", path: "/b" });
  expect(fake.pings).toBe(1);
});

test("throws the engine's message, with the request and the status", async () => {
  fake.answers = { "POST /v1.41/a?x=1": { status: 409, body: '{"message":"name is taken"}' } };
  await expect(engine({ method: "POST", path: "/a?x=1" })).rejects.toMatchObject({
    message: "POST /a: name is taken",
    status: 409,
  });
});

test("does not wait for ever", async () => {
  fake.answers = {};
  await expect(engine({ method: "GET", path: "/a", timeout: 50 })).rejects.toThrow(
    "GET /a: did not answer in time",
  );
});

test("names an engine that cannot be reached", async () => {
  process.env["DOCKER_HOST"] = `unix://${join(fake.dir, "nowhere")}`;
  await expect(engine({ method: "GET", path: "/a" })).rejects.toThrow(/^GET \/a: .*ENOENT/);
});

test("query writes strings unchanged, and anything else as JSON", () => {
  expect(query({ all: "1", filters: { label: ["a=b"] } })).toBe(
    "all=1&filters=%7B%22label%22%3A%5B%22a%3Db%22%5D%7D",
  );
});

function piece(stream: number, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head[0] = stream;
  head.writeUInt32BE(content.length, 4);
  return Buffer.concat([head, content]);
}

test("demultiplex joins the chunks of each stream, even if they split a character", () => {
  const [first, second] = [Buffer.from("ä").subarray(0, 1), Buffer.from("ä").subarray(1)];
  const output = [piece(1, first), piece(2, Buffer.from("no")), piece(1, second)];
  expect(demultiplex(Buffer.concat(output))).toEqual({ stdout: "ä", stderr: "no" });
});

test.each([
  ["returns what a program printed", 0],
  ["throws what a program that failed has said", 3],
])("execute %s", async (_, code) => {
  fake.answers = {
    "POST /v1.41/containers/c/exec": { body: '{"Id":"e"}' },
    "POST /v1.41/exec/e/start": {
      type: "application/vnd.docker.raw-stream",
      body: Buffer.concat([piece(1, Buffer.from("out")), piece(2, Buffer.from("err\n"))]),
    },
    "GET /v1.41/exec/e/json": { body: JSON.stringify({ ExitCode: code }) },
  };
  if (code === 0) expect(await execute("c", ["serf", "members"])).toBe("out");
  else await expect(execute("c", ["serf", "members"])).rejects.toThrow("serf members in c: err");
});

describe("containerStream", () => {
  const created = { "POST /v1.41/containers/c/exec": { status: 201, body: '{"Id":"e"}' } };

  function onUpgrade(program: (socket: Duplex) => void): void {
    fake.answers = created;
    fake.onUpgrade(program);
  }

  test("carries bytes both ways, however the engine splits them", async () => {
    onUpgrade((socket) => {
      socket.on("data", (chunk: Buffer) => {
        for (const byte of piece(1, Buffer.from(`<${chunk.toString()}>`))) {
          socket.write(Buffer.of(byte));
        }
      });
      socket.on("end", () => socket.end());
    });
    const stream = await containerStream("c", ["rpc"]);
    const answer = text(stream);
    stream.end("ask");
    expect(await answer).toContain("ask>");
    expect(fake.asked[0]!.body).toBe(
      '{"Cmd":["rpc"],"AttachStdin":true,"AttachStdout":true,"AttachStderr":true}',
    );
    expect(fake.asked.at(-1)!.request).toBe("POST /v1.41/exec/e/start");
  });

  test("uses the token that the program sends first, before any files", async () => {
    const agent = await FakeAgent.start();
    onUpgrade((socket) => {
      const said = ["file b25lCg== /etc/a b", "file  /etc/empty", "token secret", ""].join("\n");
      for (const byte of Buffer.from(said)) socket.write(piece(1, Buffer.of(byte)));
      const carrier = connect(agent.port);
      socket.pipe(carrier);
      carrier.on("data", (chunk: Buffer) => socket.write(piece(1, chunk)));
      carrier.on("end", () => socket.end());
    });
    const { rpc, files } = await openWithFiles("c", ["/etc"]);
    await rpc.close();
    expect(files).toEqual(
      new Map([
        ["/etc/a b", "one\n"],
        ["/etc/empty", ""],
      ]),
    );
    expect(fake.asked[0]!.body).toContain('"Cmd":["rpc","/etc"]');
    expect(agent.requests.map(({ command, body }) => [command, body])).toEqual([
      ["handshake", { Version: 1 }],
      ["auth", { AuthKey: "secret" }],
    ]);
    await vi.waitFor(() => expect(agent.connections).toBe(0));
    agent.stop();
  });

  test("does not wait for a token for ever", async () => {
    onUpgrade(() => undefined);
    await expect(openInContainer("c", { timeout: 50 })).rejects.toThrow(
      "the program rpc did not send the token in time",
    );
  });

  test("fails with the program's error output", async () => {
    onUpgrade((socket) => socket.end(piece(2, Buffer.from("nc: refused\n"))));
    await expect(text(await containerStream("c", ["rpc"]))).rejects.toThrow("nc: refused");
  });

  test("fails with the engine's message when it starts nothing", async () => {
    fake.answers = {
      ...created,
      "POST /v1.41/exec/e/start": { status: 409, body: '{"message":"c is paused"}' },
    };
    await expect(containerStream("c", ["rpc"])).rejects.toMatchObject({
      message: "POST /exec/e/start: c is paused",
      status: 409,
    });
  });

  test("does not wait for ever for a silent engine", async () => {
    fake.answers = created;
    await expect(containerStream("c", ["rpc"], 50)).rejects.toThrow("did not answer in time");
  });
});

test("forEachParallel processes every item, never more at once than allowed", async () => {
  let running = 0;
  let most = 0;
  const done: number[] = [];
  await forEachParallel([1, 2, 3, 4, 5], 2, async (item) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running--;
    done.push(item);
  });
  expect(most).toBe(2);
  expect(done.sort()).toEqual([1, 2, 3, 4, 5]);
});

test("forEachParallel starts nothing after an error, and finishes what is running", async () => {
  const ended: number[] = [];
  const work = async (item: number) => {
    if (item === 1) throw new Error("one");
    await new Promise((resolve) => setTimeout(resolve, 5));
    ended.push(item);
  };
  await expect(forEachParallel([1, 2, 3, 4], 2, work)).rejects.toThrow("one");
  expect(ended).toEqual([2]);
});
