import { expect, test } from "vitest";
import { formatEngineHost, parseEngineHost } from "../../../../lib/engine/host.ts";

const whole = (text: string) => {
  const address = parseEngineHost(text);
  return address && formatEngineHost(address);
};

// Values of `docker --host` and DOCKER_HOST, and the address that the client then uses.
test.each([
  ["unix:///var/run/docker.sock", "unix:///var/run/docker.sock"],
  ["unix:///tmp/my docker.sock", "unix:///tmp/my docker.sock"],
  ["unix:///tmp/a%20b.sock", "unix:///tmp/a%20b.sock"],
  ["unix://", "unix:///var/run/docker.sock"],
  ["tcp://there:2376", "tcp://there:2376"],
  ["tcp://there", "tcp://there:2375"],
  ["tcp://127.0.0.1", "tcp://127.0.0.1:2375"],
  ["tcp://[::1]:2375", "tcp://[::1]:2375"],
  ["tcp://[::1]", "tcp://[::1]:2375"],
  ["tcp://[::1]:", "tcp://[::1]:2375"],
  ["tcp://:2376", "tcp://localhost:2376"],
  ["tcp://", "tcp://localhost:2375"],
  ["tcp://there:2375/engines/a", "tcp://there:2375/engines/a"],
  ["tcp://there:2375/", "tcp://there:2375"],
  ["127.0.0.1:2375", "tcp://127.0.0.1:2375"],
  ["there", "tcp://there:2375"],
  ["  tcp://there:2375 ", "tcp://there:2375"],
  ["ssh://there", "ssh://there"],
  ["ssh://there/", "ssh://there"],
  ["ssh://me@there:22", "ssh://me@there:22"],
  ["ssh://me%40lab@there", "ssh://me%40lab@there"],
  ["ssh://me@[fe80::1]:22", "ssh://me@[fe80::1]:22"],
  ["ssh://there/run/user/1000/docker.sock", "ssh://there/run/user/1000/docker.sock"],
])("%j is %s", (text, host) => {
  expect(whole(text)).toBe(host);
  // Complete addresses are not changed.
  expect(whole(host)).toBe(host);
});

test.each([
  "http://there:2375",
  "https://there:2376",
  "npipe:////./pipe/docker_engine",
  "fd://",
  "TCP://there:2375",
  "unix://docker.sock",
  "/var/run/docker.sock",
  "tcp:///var/run/docker.sock",
  "tcp://there:0",
  "tcp://there:65536",
  "tcp://there:port",
  "tcp://::1:2375",
  "tcp://[fe80::1%25eth0]:2375",
  "tcp://me@there:2375",
  "tcp://there:2375?x=1",
  "tcp://my host:2375",
  "ssh://",
  "ssh://me:secret@there",
  "ssh://me%@there",
  "ssh://-oProxyCommand=x",
  "ssh://-l@there",
  "ssh://there/run/docker.sock?x",
  "ssh://there/run/$(id)",
  "unix:///a\nb",
])("%j is refused", (text) => {
  expect(parseEngineHost(text)).toBeUndefined();
});

test("an address is parsed", () => {
  expect(parseEngineHost("tcp://[::1]:2376/a")).toEqual({
    kind: "tcp",
    hostname: "::1",
    port: 2376,
    base: "/a",
  });
  expect(parseEngineHost("ssh://me%40lab@there:22/run/docker.sock")).toEqual({
    kind: "ssh",
    user: "me@lab",
    hostname: "there",
    port: 22,
    socket: "/run/docker.sock",
  });
});
