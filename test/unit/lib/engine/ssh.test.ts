import { expect, test } from "vitest";
import { parseEngineHost } from "../../../../lib/engine/host.ts";
import { controlFolder, sshCommand } from "../../../../lib/engine/ssh.ts";

const commandFor = (host: string) => {
  const address = parseEngineHost(host);
  if (address?.kind !== "ssh") throw new Error(`${host} is not SSH`);
  return sshCommand(address).join(" ");
};

test("ssh gets the same arguments as from the docker client", () => {
  expect(commandFor("ssh://there")).toBe("-- there docker system dial-stdio");
  expect(commandFor("ssh://me%40lab@[::1]:2222")).toBe(
    "-l me@lab -p 2222 -- ::1 docker system dial-stdio",
  );
  expect(commandFor("ssh://there/run/user/1000/docker.sock")).toBe(
    "-- there docker --host=unix:///run/user/1000/docker.sock system dial-stdio",
  );
});

test("the sockets of shared connections are where their paths are not too long", () => {
  expect(controlFolder(1000, "/var/tmp")).toBe("/var/tmp/serf-ssh-1000");
  expect(controlFolder(501, `/var/folders/${"x".repeat(40)}/T`)).toBe("/tmp/serf-ssh-501");
});
