import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { toolchain } from "../../../../setup/toolchain.ts";

/** A resource in Pulumi's state. */
export interface Recorded {
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly additionalSecretOutputs?: readonly string[];
}

/** What Pulumi did with a resource. */
export interface Step {
  readonly op: string;
  readonly detailedDiff: Readonly<Record<string, { kind: string; inputDiff: boolean }>> | undefined;
}

/** The result of a deployment. */
export interface Deployment {
  readonly code: number;
  readonly steps: Readonly<Record<string, readonly Step[]>>;
  /** All messages, by the resource that they belong to. */
  readonly shown: Readonly<Record<string, string>>;
}

/** A separate stack for a program that uses the command plugin. */
export class CommandStack {
  readonly dir = mkdtempSync(join(tmpdir(), "serf-command-"));
  readonly #env: NodeJS.ProcessEnv;

  private constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  /** @param program the program's TypeScript source. */
  static async make(program: string): Promise<CommandStack> {
    const { env } = await toolchain();
    const stack = new CommandStack({ ...env, PULUMI_CONFIG_PASSPHRASE: "test" });
    delete stack.#env["PULUMI_CONFIG_PASSPHRASE_FILE"];
    stack.#env["PULUMI_BACKEND_URL"] = `file://${stack.dir}/state`;
    mkdirSync(join(stack.dir, "state"));
    const runtime = "runtime: {name: nodejs, options: {typescript: false}}";
    writeFileSync(join(stack.dir, "Pulumi.yaml"), `name: golden\n${runtime}\nmain: index.ts\n`);
    writeFileSync(join(stack.dir, "package.json"), '{"type":"module","main":"index.ts"}');
    writeFileSync(join(stack.dir, "index.ts"), program);
    symlinkSync(resolve("node_modules"), join(stack.dir, "node_modules"));
    await stack.pulumi("stack", "init", "test");
    return stack;
  }

  write(file: string, text: string): void {
    mkdirSync(join(this.dir, file, ".."), { recursive: true });
    writeFileSync(join(this.dir, file), text);
  }

  read(file: string): string {
    const path = join(this.dir, file);
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  }

  /** Runs Pulumi. `child` can be used to send signals. */
  start(...args: string[]) {
    let settle: (result: { code: number; output: string }) => void;
    const ended = new Promise<{ code: number; output: string }>((resolve) => (settle = resolve));
    const options = { cwd: this.dir, env: this.#env, timeout: 120_000, maxBuffer: 2 ** 26 };
    const child = execFile(
      "pulumi",
      [...args, "--non-interactive"],
      options,
      (error, stdout, stderr) => {
        settle({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr });
      },
    );
    return { child, ended };
  }

  async pulumi(...args: string[]): Promise<string> {
    const { code, output } = await this.start(...args).ended;
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")}: ${output}`);
    return output;
  }

  /** Runs `up` or `destroy` and reads the events that Pulumi prints. */
  async deploy(command: "up" | "destroy", ...flags: string[]): Promise<Deployment> {
    const { code, output } = await this.start(
      command,
      "--yes",
      "--skip-preview",
      "--json",
      ...flags,
    ).ended;
    const events = output.split("\n").filter((line) => line.startsWith("{"));
    return { code, ...readEvents(events.map((line) => JSON.parse(line) as EngineEvent)) };
  }

  /** The commands in the state, by name. Secrets are `{ "<secret>": true }`. */
  async recorded(): Promise<Record<string, Recorded>> {
    const state = JSON.parse(await this.pulumi("stack", "export"), (_, value: unknown) =>
      isSecret(value) ? { "<secret>": true } : value,
    ) as { deployment: { resources?: (Recorded & { urn: string; type: string })[] } };
    const commands = (state.deployment.resources ?? []).filter(
      ({ type }) => type === "command:local:Command",
    );
    return Object.fromEntries(commands.map((one) => [nameOf(one.urn), one]));
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

interface EngineEvent {
  readonly diagnosticEvent?: {
    readonly urn?: string;
    readonly message: string;
    readonly severity: string;
  };
  readonly resourcePreEvent?: { readonly metadata: Metadata };
}

interface Metadata {
  readonly op: string;
  readonly urn: string;
  readonly detailedDiff?: Readonly<Record<string, { diffKind: string; inputDiff: boolean }>> | null;
}

function readEvents(events: readonly EngineEvent[]) {
  const steps: Record<string, Step[]> = {};
  const shown: Record<string, string> = {};
  for (const { diagnosticEvent, resourcePreEvent } of events) {
    if (diagnosticEvent?.urn !== undefined && diagnosticEvent.severity !== "debug") {
      const name = nameOf(diagnosticEvent.urn);
      shown[name] = (shown[name] ?? "") + diagnosticEvent.message;
    }
    if (resourcePreEvent !== undefined) {
      const { op, urn, detailedDiff } = resourcePreEvent.metadata;
      (steps[nameOf(urn)] ??= []).push({ op, detailedDiff: diffOf(detailedDiff) });
    }
  }
  return { steps, shown };
}

function diffOf(diff: Metadata["detailedDiff"]): Step["detailedDiff"] {
  if (diff === undefined || diff === null) return undefined;
  return Object.fromEntries(
    Object.entries(diff).map(([path, { diffKind, inputDiff }]) => [
      path,
      { kind: diffKind, inputDiff },
    ]),
  );
}

function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** How Pulumi's state marks a secret; see its `resource.SigKey` and `resource.SecretSig`. */
function isSecret(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    (value as Record<string, unknown>)["4dabf18193072939515e22adb298388d"] ===
      "1b47061264138c4ac30d75fd1eb44270"
  );
}
