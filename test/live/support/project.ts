import { execFile } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { labelFilters, labelsOf } from "../../../lib/cluster/labels.ts";
import { type Member, parseMembers } from "../../../lib/cluster/members.ts";
import { docker, run } from "../../../lib/host/run.ts";

/** The output and exit code of a command. */
export interface Result {
  readonly code: number;
  readonly output: string;
}

/** The configuration of a test's stack, with ports and a subnet that nothing else uses. */
export interface Config {
  readonly joiners?: number | string;
  readonly subnet: string;
  readonly gossipPort: number;
  readonly rpcPort: number;
  readonly [key: string]: unknown;
}

/** The configuration of a stack that chooses its ports and its subnet. */
type AutomaticConfig = Readonly<Record<"subnet" | "gossipPort" | "rpcPort", "auto">> &
  Readonly<Record<string, unknown>>;

/** A copy of the project with its own state, whose commands are run as a user runs them. */
export class Project {
  dir: string;
  /** The environment of a user. */
  variables: Readonly<Record<string, string>> = {};
  readonly #stacks = new Set<string>();
  readonly #timeout: number;

  /** @param timeout milliseconds for each command. */
  constructor(timeout = 280_000) {
    this.#timeout = timeout;
    this.dir = mkdtempSync(join(tmpdir(), "serf-e2e-"));
    const root = resolve(import.meta.dirname, "../../..");
    for (const name of ["cli", "components", "docker", "lib", "policy", "programs", "setup"]) {
      cpSync(join(root, name), join(this.dir, name), { recursive: true });
    }
    for (const name of ["index.ts", "package.json", "package-lock.json", "Pulumi.yaml"]) {
      cpSync(join(root, name), join(this.dir, name));
    }
    symlinkSync(join(root, "node_modules"), join(this.dir, "node_modules"));
  }

  path(...parts: string[]): string {
    return join(this.dir, ...parts);
  }

  /** Moves the clone. */
  moveTo(dir: string): void {
    renameSync(this.dir, dir);
    this.dir = dir;
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  write(name: string, text: string): void {
    writeFileSync(this.path(name), text);
  }

  configure(stack: string, config: Config | AutomaticConfig): void {
    this.#stacks.add(stack);
    const lines = Object.entries(config).map(
      ([key, value]) => `  serf:${key}: ${JSON.stringify(value)}\n`,
    );
    writeFileSync(this.path(`Pulumi.${stack}.yaml`), `config:\n${lines.join("")}`);
  }

  /** Runs `npm run NAME -- ARGS` without npm's own output. */
  run(name: string, ...args: string[]): Promise<Result> {
    return this.start(name, ...args).ended;
  }

  /** As {@link run}, but returns at once. */
  start(name: string, ...args: string[]) {
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([key]) => !key.startsWith("PULUMI_")),
    );
    const program = [this.path("setup", "run.mjs"), `cli/${name}.ts`, ...args];
    Object.assign(env, this.variables);
    const options = { cwd: this.dir, env, timeout: this.#timeout, maxBuffer: 2 ** 26 };
    let settle: (result: Result) => void;
    const ended = new Promise<Result>((resolve) => (settle = resolve));
    const child = execFile(process.execPath, program, options, (error, stdout, stderr) => {
      settle({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr });
    });
    return { child, ended };
  }

  /** Runs a command that must succeed, and returns its output. */
  async succeed(name: string, ...args: string[]): Promise<string> {
    const { code, output } = await this.run(name, ...args);
    if (code !== 0) throw new Error(`${name} ${args.join(" ")} exited with ${code}:\n${output}`);
    return output;
  }

  /** Destroys every stack of this project and removes the copy. */
  async remove(): Promise<void> {
    for (const stack of this.#stacks) await this.run("stop", "--yes", "--stack", stack);
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** The process ID of the host's agent. */
  hostAgentPid(stack: string): number | undefined {
    const file = this.path(".serf", "host", stack, "process.json");
    if (!existsSync(file)) return undefined;
    return (JSON.parse(readFileSync(file, "utf8")) as { pid: number }).pid;
  }

  /** The members as the host's agent sees them. */
  async membersOnHost(stack: string, rpcPort: number): Promise<Member[]> {
    const serf = this.path(".serf", "host", stack, "serf");
    const args = ["members", "-format=json", `-rpc-addr=127.0.0.1:${rpcPort}`];
    return parseMembers(await run(serf, args));
  }
}

/** The members as the agent in a container sees them. */
export async function membersIn(container: string): Promise<Member[]> {
  return parseMembers(await docker(["exec", container, "serf", "members", "-format=json"]));
}

/** The names of the members with a status. */
export function withStatus(members: readonly Member[], status: Member["status"]): string[] {
  return members.filter((member) => member.status === status).map(({ name }) => name);
}

/** The IDs of a stack's containers by name, including stopped ones. */
export async function containersOf(stack: string): Promise<Record<string, string>> {
  const filters = labelFilters(labelsOf("serf", stack));
  const list = await docker([
    "ps",
    "--all",
    "--no-trunc",
    ...filters,
    "--format",
    "{{.Names}} {{.ID}}",
  ]);
  return Object.fromEntries(
    list
      .split("\n")
      .filter(Boolean)
      .map((line) => line.split(" ") as [string, string]),
  );
}

/**
 * Everything on the engine with the stack's labels or one of its names. The prefix of a name is not enough, since one
 * stack's name may begin with another's.
 */
export async function remainsOf(stack: string): Promise<string[]> {
  const filters = labelFilters(labelsOf("serf", stack));
  const lists = await Promise.all([
    docker(["ps", "--all", ...filters, "--format", "container {{.Names}}"]),
    docker(["network", "ls", ...filters, "--format", "network {{.Name}}"]),
    docker(["volume", "ls", ...filters, "--format", "volume {{.Name}}"]),
    docker(["image", "ls", "--all", ...filters, "--format", "image {{.Repository}} {{.ID}}"]),
    docker([
      "ps",
      "--all",
      "--filter",
      `name=^/serf-${stack}(-(seed|host|[a-z]+-[0-9]+))?$`,
      "--format",
      "named {{.Names}}",
    ]),
    docker(["image", "ls", `serf-${stack}`, "--format", "named image {{.Repository}}:{{.Tag}}"]),
  ]);
  return lists.flatMap((list) => list.split("\n").filter(Boolean));
}
