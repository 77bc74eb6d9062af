import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readHandlerFiles } from "../../../../../lib/settings/handlers/handlerFiles.ts";
import { eventHandlers, parseHandlers } from "../../../../../lib/settings/handlers/handlers.ts";

const files = [
  { name: "deploy", isExecutable: true },
  { name: "hosts", isExecutable: true },
  { name: "load", isExecutable: true },
  { name: "notes", isExecutable: false },
];
const members = ["member-join", "member-leave", "member-failed", "member-update", "member-reap"];
const hosts = { name: "hosts", events: members, timeout: 5 };
const load = { name: "load", events: ["query:load"], timeout: 5 };
const events = `${members.join(", ")}, user, user:NAME, query, query:NAME and *`;

const parse = (value: unknown, there = files) => parseHandlers(JSON.stringify(value), there);

test.each(["", "{}"])("%j leaves the default: load", (text) => {
  expect(parseHandlers(text, files)).toEqual({ handlers: [load], faults: [] });
});

test.each<[unknown, string[], number]>([
  ["user:deploy", ["user:deploy"], 5],
  ["user", ["user"], 5],
  ["*", ["*"], 5],
  ["query:build/1.2", ["query:build/1.2"], 5],
  ["user:deploy, user:rollback", ["user:deploy", "user:rollback"], 5],
  [["user:deploy", "query"], ["user:deploy", "query"], 5],
  [{ on: "user:deploy", timeout: 20 }, ["user:deploy"], 20],
  [{ on: ["user:deploy"], timeout: "300" }, ["user:deploy"], 300],
])("deploy: %j adds a handler", (value, on, timeout) => {
  const deploy = { name: "deploy", events: on, timeout };
  expect(parse({ deploy: value })).toEqual({ handlers: [deploy, load], faults: [] });
});

test.each([true, "true", {}])("hosts: %j turns it on for all member events", (on) => {
  expect(parse({ hosts: on })).toEqual({ handlers: [hosts, load], faults: [] });
});

test("a built-in handler can have another time limit or other events", () => {
  expect(parse({ load: { timeout: 1 }, hosts: "member-join" })).toEqual({
    handlers: [
      { ...hosts, events: ["member-join"] },
      { ...load, timeout: 1 },
    ],
    faults: [],
  });
});

test.each([false, "false"])("%j turns a handler off", (off) => {
  expect(parse({ hosts: off, deploy: off }).handlers).toEqual([load]);
  expect(parse({ hosts: off, load: off }, [])).toEqual({ handlers: [], faults: [] });
});

const forms = 'allowed is an event, a list of events, {"on":…,"timeout":…}, or false for none';
const limits = "allowed is a whole number of seconds from 1 to 300";

test.each<[unknown, string]>([
  [
    { deploy: "member-joined" },
    `handlers.deploy has the event "member-joined", allowed are ${events}`,
  ],
  [{ deploy: "user:" }, `handlers.deploy has the event "user:", allowed are ${events}`],
  [{ deploy: "user:a=b" }, `handlers.deploy has the event "user:a=b", allowed are ${events}`],
  [{ deploy: "user:a b" }, `handlers.deploy has the event "user:a b", allowed are ${events}`],
  [{ deploy: "user:a," }, `handlers.deploy has the event "", allowed are ${events}`],
  [{ deploy: "" }, `handlers.deploy has the event "", allowed are ${events}`],
  [{ deploy: [] }, `handlers.deploy has no events, allowed are ${events}`],
  [{ deploy: { timeout: 9 } }, `handlers.deploy.on is not set, allowed are ${events}`],
  [{ deploy: true }, `handlers.deploy is true, ${forms}`],
  [{ deploy: null }, `handlers.deploy is null, ${forms}`],
  [{ deploy: ["user", 1] }, `handlers.deploy is ["user",1], ${forms}`],
  [{ deploy: { on: { a: 1 } } }, `handlers.deploy is {"on":{"a":1}}, ${forms}`],
  [
    { deploy: "query:_serf_ping" },
    'handlers.deploy has the event "query:_serf_ping", but Serf itself answers the queries that begin with _serf_',
  ],
  [{ deploy: "user,user" }, 'handlers.deploy has the event "user" more than once'],
  [
    { deploy: ["user:deploy", "user"] },
    'handlers.deploy has the event "user:deploy", which "user" includes; Serf would run it twice',
  ],
  [
    { deploy: "*,query" },
    'handlers.deploy has the event "query", which "*" includes; Serf would run it twice',
  ],
  [{ load: { timeout: 0 } }, `handlers.load.timeout is 0, ${limits}`],
  [{ load: { timeout: 301 } }, `handlers.load.timeout is 301, ${limits}`],
  [{ load: { timeout: 1.5 } }, `handlers.load.timeout is 1.5, ${limits}`],
  [{ load: { timeout: "soon" } }, `handlers.load.timeout is "soon", ${limits}`],
  [{ load: { timeout: null } }, `handlers.load.timeout is null, ${limits}`],
  [
    { load: { seconds: 9 } },
    "handlers.load.seconds is not a setting of a handler; those are on and timeout",
  ],
  [
    { build: "user:build" },
    "handlers.build has no file docker/handlers/build; the folder has deploy, hosts, load, notes",
  ],
  [
    { laod: false },
    "handlers.laod has no file docker/handlers/laod; the folder has deploy, hosts, load, notes",
  ],
  [
    { constructor: { timeout: 9 } },
    "handlers.constructor has no file docker/handlers/constructor; the folder has deploy, hosts, load, notes",
  ],
  [{ notes: "user" }, "handlers.notes is not executable; run `chmod +x docker/handlers/notes`"],
  [
    { "a b;": "user" },
    'handlers has the name "a b;", allowed are letters, digits, dots, dashes and underscores, ' +
      "not beginning with a dot or a dash",
  ],
  [
    { "../agent": "user" },
    'handlers has the name "../agent", allowed are letters, digits, dots, dashes and underscores, ' +
      "not beginning with a dot or a dash",
  ],
])("%j is refused", (value, fault) => {
  expect(parse(value).faults[0]).toBe(fault);
  expect(parse(value).handlers.map(({ name }) => name)).not.toContain(
    Object.keys(value as object)[0],
  );
});

test.each(["[]", "false", "user:deploy", "null"])("handlers = %s is refused", (text) => {
  expect(parseHandlers(text, files)).toEqual({
    handlers: [],
    faults: [
      `handlers is ${JSON.stringify(text)}, allowed is a map from files in docker/handlers to events, ` +
        'for example {"deploy":"user:deploy"}',
    ],
  });
});

test("a default handler without its file is refused with what to do", () => {
  expect(parse({}, files.slice(0, 2)).faults).toEqual([
    "handlers.load is on by default, but there is no file docker/handlers/load; " +
      "restore it or run `pulumi config set --path handlers.load false`",
  ]);
  expect(parse({ deploy: "user" }, []).faults[0]).toBe(
    "handlers.deploy has no file docker/handlers/deploy; the folder has no files",
  );
});

test("all errors are reported at once", () => {
  const { handlers, faults } = parse({ deploy: { on: "users", timeout: 0, of: 1 }, notes: "usr" });
  expect(faults.map((fault) => fault.replace(/[,;] .*/, ""))).toEqual([
    "handlers.deploy.of is not a setting of a handler",
    'handlers.deploy has the event "users"',
    "handlers.deploy.timeout is 0",
    "handlers.notes is not executable",
    'handlers.notes has the event "usr"',
  ]);
  expect(handlers).toEqual([load]);
});

test("Serf gets an entry for each handler", () => {
  expect(eventHandlers([{ ...hosts, timeout: 9 }, load])).toEqual([
    `${members.join(",")}=/usr/local/bin/handle hosts 9`,
    "query:load=/usr/local/bin/handle load 5",
  ]);
});

test("the files of the folder are read with their executable bits", () => {
  const dir = mkdtempSync(join(tmpdir(), "serf-handlers-"));
  try {
    mkdirSync(join(dir, "folder"));
    writeFileSync(join(dir, "plain"), "");
    writeFileSync(join(dir, "program"), "");
    chmodSync(join(dir, "plain"), 0o644);
    chmodSync(join(dir, "program"), 0o744);
    const found = [
      { name: "plain", isExecutable: false },
      { name: "program", isExecutable: true },
    ];
    expect(readHandlerFiles(dir, "linux")).toEqual(found);
    expect(readHandlerFiles(dir, "win32").every(({ isExecutable }) => isExecutable)).toBe(true);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test("the default matches the project's folder of handlers", () => {
  expect(parseHandlers("{}", readHandlerFiles("docker/handlers")).faults).toEqual([]);
});
