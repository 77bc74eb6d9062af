import { mkdirSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import type { Config } from "../support/project.ts";
import { projectWith } from "../support/stack.ts";

// Real previews of programs that break policies. They need no engine.

const stack = "e2e-policies";
const config = {
  subnet: "172.31.220.0/24",
  gossipPort: 18220,
  rpcPort: 18230,
  joiners: 2,
} as const satisfies Config;

const project = projectWith({ [stack]: config }, { isUp: false });
let program: string;

beforeAll(() => {
  program = project.read("index.ts");
});

/**
 * Makes the program declare some resources otherwise.
 *
 * @param inputs source text by the resource's name, or by its type and name, as in `Service seed`. `key` is a command
 *   with a secret output, `token` a secret of a Swarm. `task` and `containers` change what a service says of its tasks
 *   and of their containers.
 */
function declare(inputs: Readonly<Record<string, string>>): void {
  const cases = Object.entries(inputs).map(([name, text]) => `"${name}": () => (${text}),`);
  const transformation = `
    let key: any;
    let token: any;
    pulumi.runtime.registerStackTransformation(({ name, type, props, resource, opts }) => {
      if (name === "secrets-rpc-token") key = resource;
      if (name === "swarm-secrets-rpc-token") token = resource;
      const task = (more: object) => ({ taskSpec: { ...props.taskSpec, ...more } });
      const containers = (more: object) =>
        task({ containerSpec: { ...props.taskSpec.containerSpec, ...more } });
      const changes: Record<string, () => object> = { ${cases.join("\n")} };
      const isOwn = !type.startsWith("serf:") && !type.startsWith("pulumi:");
      const change = changes[name] ?? changes[type.split(":").at(-1) + " " + name];
      return { props: isOwn ? { ...props, ...change?.() } : props, opts };
    });`;
  const start = "  silenceSdk();\n";
  expect(program).toContain(start);
  const imports = 'import * as pulumi from "@pulumi/pulumi";\n';
  project.write("index.ts", imports + program.replace(start, start + transformation));
}

/** Gives the stack settings of its own for the policies. */
function settle(settings: Readonly<Record<string, unknown>>): void {
  mkdirSync(project.path("policy", "config"), { recursive: true });
  project.write(`policy/config/${stack}.json`, JSON.stringify(settings));
}

const preview = (...options: string[]) =>
  project.run("preview", "--offline", ...options, "--stack", stack);

/** What a preview says of policies: `policy (resources): message`. */
const refusedIn = (output: string) =>
  [...output.matchAll(/^CAUTION: (.*)$/gm)].map(([, text]) => text!);
const advisedIn = (output: string) =>
  [...output.matchAll(/^Advised by policy: (.*)$/gm)].map(([, text]) => text!);

describe("a stack as the program declares it", () => {
  test("breaks no policy", async () => {
    const { code, output } = await preview("--summary");
    expect(code, output).toBe(0);
    expect([...refusedIn(output), ...advisedIn(output)]).toEqual([]);
    expect(output).toMatch(/^4 members join\.$/m);
  });

  test("nor the strictest settings if it is protected, with its agent in a container", async () => {
    settle({});
    project.configure(stack, { ...config, protect: true, hostAgentIn: "container" });
    const { code, output } = await preview();
    expect(code, output).toBe(0);
    expect(output).toContain("serf@v");
    expect(output).not.toMatch(/\[(mandatory|advisory)\]/);
  });
});

test("each policy refuses what breaks it, and nothing else", async () => {
  settle({ "neighbour-table": "advisory", "member-limit": { maxMembers: 20 } });
  project.configure(stack, { ...config, joiners: 31 });
  const labels = `[{ label: "serf.project", value: "serf" }]`;
  declare({
    "joiner-1": "{ privileged: true }",
    "joiner-2": "{ readOnly: false }",
    "joiner-3": `{ capabilities: { drops: ["ALL"], adds: ["NET_ADMIN"] } }`,
    "joiner-4": "{ securityOpts: undefined }",
    "joiner-5": "{ memory: undefined, memorySwap: undefined }",
    "joiner-6": "{ cpuQuota: undefined }",
    "joiner-7": `{ volumes: [{ hostPath: "/etc", containerPath: "/host" }] }`,
    "joiner-8": `{ ports: [{ internal: 7946, external: 18221, ip: "0.0.0.0" }] }`,
    "joiner-9": `{ networkMode: "host", networksAdvanced: undefined }`,
    "joiner-10": `{ envs: ["RPC_TOKEN=hunter2"] }`,
    "joiner-11": `{ envs: ["A=1", pulumi.secret("STATSD=hunter2")] }`,
    "joiner-12": `{ command: [pulumi.interpolate\`-a=\${key.stdout}\`] }`,
    "joiner-13": `{ image: "busybox:latest" }`,
    network: `{ labels: ${labels} }`,
    storage: `{ stdin: pulumi.secret("{}") }`,
    convergence: `{ environment: { NOTE: pulumi.secret("hunter2") } }`,
  });
  const file = project.path("review.md");
  const { code, output } = await preview("--summary", "--markdown", file);
  expect(code).toBe(1);
  const where = "allowed is stdin of a command, or a file that only the agent reads.";
  const pinned = "a name with a digest, an image ID, or an image that this stack builds";
  expect(refusedIn(output)).toEqual([
    "encrypted-gossip (storage): stdin has no gossipKey.",
    'host-namespaces (joiner-9): networkMode is "host", allowed is bridge, for any but the host\'s agent.',
    "labelled (network): the label serf.stack is not set, allowed is e2e-policies.",
    "limits (joiner-5): memory is not set, allowed is a number of MiB.",
    "limits (joiner-6): cpuQuota is not set, allowed is a time in each cpuPeriod, or set cpus.",
    "member-limit: The stack has 33 members, allowed are 20.",
    'no-capabilities (joiner-3): capabilities.adds is ["NET_ADMIN"], allowed is none.',
    'no-host-folders (joiner-7): volumes.hostPath is "/etc", allowed is volumes.volumeName.',
    'no-new-privileges (joiner-4): securityOpts is not set, allowed is ["no-new-privileges=true"].',
    'no-open-ports (joiner-8): ports.ip of port 7946 is "0.0.0.0", allowed is one address, such as 127.0.0.1.',
    `no-secret-from-output (joiner-12): command is made from a secret, ${where}`,
    `no-secret-in-environment (convergence): environment.NOTE is a secret, ${where}`,
    `no-secret-in-environment (joiner-10): RPC_TOKEN has a value and is named like a secret, ${where}`,
    `no-secret-in-environment (joiner-11): envs is a secret, ${where}`,
    "not-privileged (joiner-1): privileged is true, allowed is false.",
    `pinned-images (joiner-13): image is "busybox:latest", allowed is ${pinned}.`,
    "protected: protect is false, allowed is true.",
    "read-only-root (joiner-2): readOnly is false, allowed is true.",
  ]);
  expect(advisedIn(output)).toEqual([
    expect.stringMatching(/^neighbour-table: The stack has 33 members, which need 1056 entries/),
  ]);
  expect(output).toMatch(/^Refused by policy: encrypted-gossip, host-namespaces, .* 33 members/m);
  const review = project.read("review.md");
  expect(review).toMatch(/^\*\*Refused by policy: encrypted-gossip/m);
  expect(review).toContain("> [!CAUTION]\n> not-privileged (joiner-1): privileged is true");
  expect(output + review).not.toContain("hunter2");
});

describe("a stack of services", () => {
  const swarm = {
    ...{ swarm: "services", registry: "registry.example:5000/serf" },
    ...({ subnet: "auto", gossipPort: "auto", rpcPort: "auto" } as const),
  };

  test("breaks no policy as the program declares it, not even the strictest settings", async () => {
    settle({});
    project.configure(stack, { ...swarm, protect: true, joiners: 3 });
    project.write("index.ts", program);
    const { code, output } = await preview();
    expect(code, output).toBe(0);
    expect(output).toContain("serf@v");
    expect(output).not.toMatch(/\[(mandatory|advisory)\]/);
  });

  test("is refused by each policy that has a meaning for it", async () => {
    settle({ "member-limit": { maxMembers: 20 } });
    const names =
      "root added profile memory folder port shared variable marked derived data content config stack image key";
    const groups = Object.fromEntries(names.split(" ").map((name) => [name, 1]));
    project.configure(stack, { ...swarm, groups: { ...groups, root: 5 } });
    const encoded = (text: string) => Buffer.from(text).toString("base64");
    declare({
      "Service root": "containers({ readOnly: false })",
      "Service added": `containers({ capAdds: ["CAP_NET_ADMIN"] })`,
      "Service profile": "containers({ privileges: { seLinuxContext: { disable: true } } })",
      "Service memory": "task({ resources: { limits: { nanoCpus: 1e9 } } })",
      "Service folder": `containers({ mounts: [{ type: "bind", source: "/etc", target: "/host" }] })`,
      "Service port": "{ endpointSpec: { ports: [{ targetPort: 7946, publishedPort: 18221 }] } }",
      "Service shared": `task({ networksAdvanceds: [{ name: "host" }] })`,
      "Service variable": `containers({ env: { RPC_TOKEN: "hunter2" } })`,
      "Service marked": `containers({ env: { STATSD: pulumi.secret("hunter2") } })`,
      "Service derived": "containers({ args: [key.stdout] })",
      "Service data": "containers({ env: { NOTE: token.data } })",
      "ServiceConfig content": `{ data: "${encoded('{"rpc_auth":"hunter2"}')}" }`,
      "ServiceConfig config": "{ data: key.stdout }",
      "Service stack": `{ labels: [{ label: "serf.project", value: "serf" }] }`,
      "Service image": `containers({ image: "registry.example:5000/serf:latest" })`,
      "Service key": "containers({ secrets: [] })",
      "swarm-secrets-rpc-token": "{ labels: undefined }",
      "swarm-secrets-keyring": `{ data: pulumi.secret("${encoded('["c2hvcnQ="]')}") }`,
      network: `{ labels: [{ label: "serf.stack", value: "${stack}" }] }`,
    });
    const { code, output } = await preview("--summary");
    expect(code).toBe(1);
    const where = "allowed is a docker.Secret that the service's containers get as a file.";
    const named = `has a value and is named like a secret, ${where}`;
    const spec = "taskSpec.containerSpec";
    expect(refusedIn(output)).toEqual([
      `encrypted-gossip (key): ${spec}.secrets has no docker.Secret of this stack as /etc/serf/config/keyring.`,
      "encrypted-gossip (swarm-secrets-keyring): A key in data has 5 bytes, allowed are 16, 24, 32, in base64.",
      `host-namespaces (shared): taskSpec.networksAdvanceds.name is "host", allowed is an overlay network.`,
      "labelled (network, swarm-secrets-rpc-token): the label serf.project is not set, allowed is serf.",
      `labelled (stack, swarm-secrets-rpc-token): the label serf.stack is not set, allowed is ${stack}.`,
      "limits (memory): taskSpec.resources.limits.memoryBytes is not set, allowed is a number of bytes.",
      "member-limit: The stack has 22 members, allowed are 20.",
      `no-capabilities (added): ${spec}.capAdds is ["CAP_NET_ADMIN"], allowed is none.`,
      `no-host-folders (folder): ${spec}.mounts.source is "/etc", allowed is type volume or tmpfs.`,
      `no-new-privileges (profile): ${spec}.privileges.seLinuxContext.disable is true, allowed is false.`,
      "no-open-ports (port): endpointSpec.ports is [7946], allowed is none, since Swarm publishes a port on all addresses of its nodes.",
      `no-secret-from-output (config): data is made from a secret, ${where}`,
      `no-secret-from-output (data): ${spec}.env may be made from a secret that is not known yet, ${where}`,
      `no-secret-from-output (derived): taskSpec is made from a secret, ${where}`,
      `no-secret-in-environment (content): rpc_auth ${named}`,
      `no-secret-in-environment (marked): ${spec}.env.STATSD is a secret, ${where}`,
      `no-secret-in-environment (variable): RPC_TOKEN ${named}`,
      `pinned-images (image): ${spec}.image is "registry.example:5000/serf:latest", allowed is a name in a registry with its digest.`,
      "protected: protect is false, allowed is true.",
      `read-only-root (root): ${spec}.readOnly is false, allowed is true.`,
    ]);
    expect(advisedIn(output)).toEqual([]);
    expect(output).not.toContain("hunter2");
  });
});

describe("where the settings only advise", () => {
  test("the same change is shown, and succeeds", async () => {
    settle({ "not-privileged": "advisory", protected: "disabled" });
    project.configure(stack, config);
    declare({ "joiner-1": "{ privileged: true }" });
    const { code, output } = await preview("--summary");
    expect(code, output).toBe(0);
    expect(advisedIn(output)).toEqual([
      "not-privileged (joiner-1): privileged is true, allowed is false.",
    ]);
  });

  test("Pulumi's own output has it as well, and fails where it is mandatory", async () => {
    const advised = await preview();
    expect(advised.code, advised.output).toBe(0);
    expect(advised.output).toMatch(/\[advisory\] +not-privileged/);
    settle({ protected: "disabled" });
    const refused = await preview();
    expect(refused.code).not.toBe(0);
    expect(refused.output).toMatch(/\[mandatory\] +not-privileged/);
  });
});

test("settings that are not valid are refused with the policy's name", async () => {
  settle({ "member-limit": { maxMembers: 0 } });
  const { code, output } = await preview("--summary");
  expect(code).toBe(1);
  expect(output).toMatch(/member-limit.*maxMembers/s);
});

test("settings that switch off what the policies look at are refused", async () => {
  settle({ all: "advisory" });
  const { code, output } = await preview("--summary");
  expect(code).toBe(1);
  expect(output).toContain('Add "inputs": "remediate" to the settings of the policies');
});
