import { createServer } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { childStream } from "../../../../lib/host/childStream.ts";
import { toHostAgent } from "../../../../lib/serf/open.ts";
import { type RpcOptions, SerfRpc } from "../../../../lib/serf/rpc.ts";
import { collect } from "../../support/collect.ts";
import { FakeAgent } from "../../support/fakeAgent.ts";

let agent: FakeAgent;

beforeEach(async () => {
  agent = await FakeAgent.start();
});

afterEach(() => {
  vi.useRealTimers();
  agent.stop();
});

function open(options: Partial<RpcOptions> = {}): Promise<SerfRpc> {
  return SerfRpc.open(toHostAgent(agent.port), { name: "a", ...options });
}

const payload = Uint8Array.of(0xff, 0x00);

test("starts with the handshake, and with the token if there is one", async () => {
  await (await open()).close();
  await (await open({ token: "secret" })).close();
  expect(agent.requests.map(({ command, body }) => ({ command, body }))).toEqual([
    { command: "handshake", body: { Version: 1 } },
    { command: "handshake", body: { Version: 1 } },
    { command: "auth", body: { AuthKey: "secret" } },
  ]);
});

test("reports an error of the agent, and can still be used", async () => {
  agent.on = { event: ({ answer, body }) => answer(body["Name"] === "x" ? "too long" : "") };
  const rpc = await open();
  await expect(rpc.event("x", payload, true)).rejects.toThrow("The agent of a refused: too long.");
  await rpc.event("y", payload, false);
  expect(agent.requests.at(-1)!.body).toEqual({
    Name: "y",
    Payload: Buffer.from(payload),
    Coalesce: false,
  });
  await rpc.close();
});

test("closes the connection when the token is refused", async () => {
  agent.on = { auth: ({ answer }) => answer("Invalid authentication token") };
  await expect(open({ token: "no" })).rejects.toThrow(
    "The agent of a refused: Invalid authentication token.",
  );
  await vi.waitFor(() => expect(agent.connections).toBe(0));
});

test("matches answers with requests, in any order", async () => {
  agent.on = {
    "members-filtered": (request) => {
      const waiting = agent.requests.filter(({ command }) => command === request.command);
      if (waiting.length < 2) return;
      for (const { answer, body } of waiting.toReversed()) {
        answer("", { Members: [{ Name: (body["Tags"] as { role: string }).role }] });
      }
    },
  };
  const rpc = await open();
  const lists = await Promise.all([rpc.members({ role: "a" }), rpc.members({ role: "b" })]);
  expect(lists.map(([member]) => member?.name)).toEqual(["a", "b"]);
  await rpc.close();
});

test("joins, even if no member answers, and removes a failed member", async () => {
  let joined = 2;
  agent.on = {
    join: ({ answer }) => answer(joined > 0 ? "" : "dial tcp: no route to host", { Num: joined }),
  };
  const rpc = await open();
  expect(await rpc.join(["172.31.0.2", "172.31.0.3"])).toBe(2);
  joined = 0;
  expect(await rpc.join(["172.31.0.4"])).toBe(0);
  await rpc.forget("b");
  expect(agent.requests.slice(-2).map(({ command, body }) => ({ command, body }))).toEqual([
    { command: "join", body: { Existing: ["172.31.0.4"], Replay: false } },
    { command: "force-leave", body: { Node: "b", Prune: true } },
  ]);
  await rpc.close();
});

test("lists keys even if a member fails, with that member's message", async () => {
  const list = { Messages: { b: "no keyring" }, Keys: { one: 2 }, NumNodes: 3, NumResp: 3 };
  agent.on = { "list-keys": ({ answer }) => answer("1/3 nodes reported failure", list) };
  const rpc = await open();
  expect(await rpc.listKeys()).toEqual({
    members: 3,
    answered: 3,
    faults: [{ member: "b", fault: "no keyring" }],
    keys: new Map([["one", 2]]),
  });
  expect(agent.commands).toEqual(["handshake", "list-keys"]);
  await rpc.close();
});

test("sends a query and yields its records until Serf is done", async () => {
  agent.on = {
    query: ({ answer }) => {
      answer("");
      answer("", { Type: "ack", From: "m", Payload: null });
      answer("", { Type: "response", From: "m", Payload: payload });
      // An agent does this when it closes its channels before it reports that it is done.
      answer("", { Type: "ack", From: "", Payload: null });
      answer("", { Type: "response", From: "", Payload: null });
      answer("", { Type: "done", From: "", Payload: null });
    },
  };
  const rpc = await open();
  const query = { name: "load", payload, nodes: ["m"], tags: { role: "^x$" }, timeout: 1.5 };
  expect(await collect(rpc.query(query))).toEqual([
    { type: "ack", from: "m", payload: new Uint8Array() },
    { type: "response", from: "m", payload },
  ]);
  expect(agent.requests.at(-1)!.body).toEqual({
    FilterNodes: ["m"],
    FilterTags: { role: "^x$" },
    RequestAck: true,
    RelayFactor: 0,
    Timeout: 1_500_000_000,
    Name: "load",
    Payload: Buffer.from(payload),
  });
  // Serf computes the timeout when none is given.
  await collect(rpc.query({ name: "load", payload }));
  expect(agent.requests.at(-1)!.body["Timeout"]).toBe(0);
  await rpc.close();
});

test("a query that never ends fails after a timeout", async () => {
  const rpc = await open({ timeout: 500 });
  const records = collect(rpc.query({ name: "x", payload, timeout: 0.05 }));
  await expect(records).rejects.toThrow(/^The agent of a did not end the query within 0\.\d+ s\.$/);
});

test("a query can be abandoned, and later records for it are ignored", async () => {
  agent.on = {
    query: ({ answer }) => {
      answer("");
      answer("", { Type: "response", From: "m", Payload: null });
      answer("", { Type: "response", From: "n", Payload: null });
    },
  };
  const rpc = await open();
  for await (const { from } of rpc.query({ name: "x", payload })) {
    expect(from).toBe("m");
    break;
  }
  await rpc.event("after", payload, true);
  await rpc.close();
});

test("streams events until it is closed", async () => {
  agent.on = {
    stream: ({ answer }) => {
      answer("");
      answer("", { Event: "user", Name: "one", LTime: 1 });
    },
  };
  const rpc = await open();
  const names: string[] = [];
  for await (const event of rpc.stream()) {
    if ("name" in event) names.push(event.name);
    await rpc.close();
  }
  expect(names).toEqual(["one"]);
  expect(agent.requests.at(-1)!.body).toEqual({ Type: "*" });
  await vi.waitFor(() => expect(agent.connections).toBe(0));
});

test("a stream yields everything received before the connection was lost, and then fails", async () => {
  agent.on = {
    stream: ({ answer, socket }) => {
      answer("");
      answer("", { Event: "user", Name: "one", LTime: 1 });
      answer("", { Event: "user", Name: "two", LTime: 2 });
      socket.end();
    },
  };
  const rpc = await open();
  const names: string[] = [];
  const reading = async () => {
    for await (const event of rpc.stream()) if ("name" in event) names.push(event.name);
  };
  await expect(reading()).rejects.toThrow("The agent of a closed the connection.");
  expect(names).toEqual(["one", "two"]);
  await rpc.close();
  await expect(rpc.event("x", payload, true)).rejects.toThrow("closed the connection");
});

test("a stream detects that its agent hangs", async () => {
  vi.useFakeTimers({ toFake: ["setInterval"] });
  const silent = vi.fn();
  agent.on = { stop: silent };
  const rpc = await open({ timeout: 100 });
  const reading = collect(rpc.stream());
  const outcome = expect(reading).rejects.toThrow("The agent of a did not answer within 0.1 s.");
  await vi.waitFor(() => {
    vi.advanceTimersByTime(10_000);
    expect(silent).toHaveBeenCalled();
  });
  await outcome;
});

test("does not wait for ever for an answer", async () => {
  agent.on = { handshake: () => undefined };
  await expect(open({ timeout: 50 })).rejects.toThrow(
    "The agent of a did not answer within 0.05 s.",
  );
});

test("an abort closes the connection", async () => {
  const controller = new AbortController();
  agent.on = { event: () => controller.abort() };
  const rpc = await open({ signal: controller.signal });
  await expect(rpc.event("x", payload, true)).rejects.toThrow(
    "The connection to the agent of a was closed.",
  );
  await vi.waitFor(() => expect(agent.connections).toBe(0));
  await expect(open({ signal: controller.signal })).rejects.toThrow("was closed");
});

test("reports a peer with another protocol, and one that cannot be reached", async () => {
  const other = createServer((socket) => socket.resume().end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as { port: number };
  await expect(SerfRpc.open(toHostAgent(port), { name: "a" })).rejects.toThrow(
    "The agent of a does not speak Serf's RPC: a header was expected, but received 72.",
  );
  await new Promise((resolve) => other.close(resolve));
  await expect(SerfRpc.open(toHostAgent(port), { name: "a" })).rejects.toThrow(
    /^The connection to the agent of a failed: connect ECONNREFUSED /,
  );
});

test("a program as a stream ends with its input, and reports why it failed", async () => {
  const echo = childStream("cat", []);
  echo.end("ä");
  expect(Buffer.concat(await collect(echo as AsyncIterable<Buffer>)).toString()).toBe("ä");
  const failing = childStream("sh", ["-c", "echo no >&2; exit 3"]);
  await expect(SerfRpc.open(failing, { name: "a" })).rejects.toThrow(
    "The connection to the agent of a failed: no.",
  );
  const missing = childStream("/nowhere/program", []);
  await expect(SerfRpc.open(missing, { name: "a" })).rejects.toThrow("ENOENT");
});
