import { expect, test } from "vitest";
import { type EngineFacts, whyElsewhere } from "../../../../lib/engine/place.ts";

const engine: EngineFacts = {
  name: "here",
  kernel: "6.1.0",
  system: "Debian GNU/Linux 12 (bookworm)",
  isRootless: false,
  remapsUsers: false,
  isSwarmNode: false,
  bridges: ["docker0", "br-0123456789ab"],
};

const host = { name: "here", kernel: "6.1.0", interfaces: ["lo", "docker0", "br-0123456789ab"] };

const why = (told: Partial<EngineFacts>, isListening?: boolean, seen: Partial<typeof host> = {}) =>
  whyElsewhere({ ...engine, ...told }, { ...host, ...seen }, isListening);

test("an engine on this host is recognized, even if sockets cannot be inspected", () => {
  expect(why({}, true)).toBeUndefined();
  expect(why({})).toBeUndefined();
  expect(why({ bridges: [] }, true)).toBeUndefined();
});

test("the engines of Docker Desktop and of a forwarded socket are on another host", () => {
  const desktop = { name: "docker-desktop", kernel: "6.6.0", system: "Docker Desktop" };
  const sentence = "runs on another host, docker-desktop (Docker Desktop, kernel 6.6.0)";
  expect(why(desktop, true)).toBe(sentence);
  expect(why({ kernel: "5.10.0" }, true)).toContain("another host, here (Debian");
});

test("a rootless engine has its own network", () => {
  expect(why({ isRootless: true }, true)).toContain("rootless");
});

test("an engine in another network namespace has its sockets and bridges there", () => {
  const elsewhere = "runs in another network namespace";
  expect(why({}, false)).toBe(elsewhere);
  expect(why({}, undefined, { interfaces: ["lo", "eth0"] })).toBe(elsewhere);
  // Each namespace may have a docker0 of its own.
  expect(why({}, true, { interfaces: ["lo", "docker0"] })).toBe(elsewhere);
});

test("a bridge that is being created or removed does not change the result", () => {
  expect(why({ bridges: [...engine.bridges, "br-ba9876543210"] }, true)).toBeUndefined();
});
