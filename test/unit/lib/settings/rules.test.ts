import { describe, expect, test } from "vitest";
import { faultsOf } from "../../support/settings.ts";

test("the kernel of another machine is not tuned", () => {
  const elsewhere = { dockerHost: "ssh://there" };
  expect(faultsOf({ tuneKernel: "true", ...elsewhere })).toHaveLength(1);
  expect(faultsOf({ tuneKernel: "true" })).toEqual([]);
});

test("a stack's name that Serf or Docker would refuse is refused", () => {
  expect(faultsOf({}, { stack: "Dev_1" })[0]).toContain(`the stack's name is "Dev_1"`);
  expect(faultsOf({}, { stack: "a".repeat(41) })).toHaveLength(1);
});

describe("settings that contradict each other", () => {
  test("too many joiners for the subnet, with a subnet that is large enough", () => {
    expect(faultsOf({ joiners: "300" })[0]).toMatch(
      /joiners is 300, but subnet 172\.30\.0\.0\/24 has room for 221; choose a subnet of \/23 or larger/,
    );
    expect(faultsOf({ joiners: "1000", subnet: "172.28.0.0/21" })).toEqual([]);
  });

  test("a process where none can be started, with the reason", () => {
    const process = { hostAgentIn: "process" };
    expect(faultsOf(process)).toEqual([]);
    expect(faultsOf(process, { platform: "darwin" })[0]).toMatch(
      /hostAgentIn is process, but on darwin .*; run `pulumi config set hostAgentIn auto`/,
    );
    expect(faultsOf({ ...process, dockerHost: "ssh://me@there" })[0]).toMatch(
      /hostAgentIn is process, but the engine is at ssh:\/\/me@there, where no process can/,
    );
    expect(faultsOf(process, { engine: { host: "tcp://there:2376" } })).toHaveLength(1);
    expect(faultsOf(process, { elsewhere: "runs on another host" })[0]).toMatch(
      /hostAgentIn is process, but the engine at unix:\S+ runs on another host, where no process can/,
    );
  });

  test("tuneKernel for an engine on another host", () => {
    const tune = { tuneKernel: "true" };
    expect(faultsOf(tune)).toEqual([]);
    expect(faultsOf(tune, { elsewhere: "runs on another host" })[0]).toContain(
      "tuneKernel is true",
    );
  });

  test("the seed's port on all addresses, and the same port of the host's agent", () => {
    const all = { publishAddress: "0.0.0.0" };
    expect(faultsOf(all)[0]).toMatch(
      /^gossipPort and hostAgentPort are both 7946, but publishAddress is 0\.0\.0\.0, .*hostAgentPort 7947`$/,
    );
    expect(faultsOf({ publishAddress: "172.30.0.1" })).toHaveLength(1);
    expect(faultsOf({ ...all, hostAgentPort: "7947" })).toEqual([]);
    expect(faultsOf({ ...all, hostAgent: "false" })).toEqual([]);
    expect(faultsOf({ ...all, gossipPort: "auto" }, { recorded: {} })).toEqual([]);
  });

  test("a port that the agents' user cannot bind in a container", () => {
    expect(faultsOf({ rpcPort: "80", hostAgentIn: "container" })[0]).toContain(
      "rpcPort is 80, but",
    );
    expect(faultsOf({ rpcPort: "80" })).toEqual([]);
  });

  test("certificates for an engine that is not reached over TCP", () => {
    expect(faultsOf({ dockerCertPath: "/certs" })[0]).toMatch(
      /dockerCertPath is "\/certs", but dockerHost is "", and only a tcp:\/\/ engine/,
    );
    expect(faultsOf({ dockerCertPath: "/certs", dockerHost: "tcp://there:2376" })).toEqual([]);
  });

  test("join gateway without the host's agent", () => {
    expect(faultsOf({ join: "gateway", hostAgent: "false" })[0]).toMatch(
      /join is gateway, but hostAgent is false, .*; run `pulumi config set hostAgent true`/,
    );
  });

  test("two listeners on one port", () => {
    expect(faultsOf({ rpcPort: "7946" })[0]).toMatch(/rpcPort and gossipPort are both 7946/);
    expect(faultsOf({ rpcPort: "7946", hostAgent: "false" })).toEqual([]);
  });
});

test("values that all members know must not be secrets", () => {
  const isSecret = (key: string) => key === "tags";
  const [fault, ...others] = faultsOf({ tags: '{"a":"b"}' }, { isSecret });
  expect(fault).toMatch(/^tags has an encrypted value, .*; set it without --secret/);
  expect(others).toEqual([]);
});
