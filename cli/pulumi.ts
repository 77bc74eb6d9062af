/** `npm run pulumi -- ARGS`: any Pulumi command with the project's toolchain and backend. */
import { main } from "../setup/main.ts";
import { toolchain } from "../setup/toolchain.ts";
import { useEngineOf } from "./engineOfStack.ts";
import { configCopy, pulumi, runPulumi } from "./stack.ts";

/** The commands that would write the passphrase's salt into the stack's configuration file. */
const deployments = new Set(["destroy", "import", "pre", "preview", "refresh", "up", "update"]);

await main(async () => {
  const args = process.argv.slice(2);
  const [command, ...rest] = args;
  const named = stackIn(rest);
  if (named !== undefined) useEngineOf(named);
  const { env } = await toolchain();
  if (command === undefined || !deployments.has(command) || asks(rest)) {
    return await pulumi(args, env);
  }
  const stack = named ?? (await runPulumi(["stack", "--show-name"], env)).trim();
  return await pulumi([command, ...(await configCopy(stack)), ...rest], env);
});

/** Whether the user asks for help or names a configuration file. */
function asks(args: readonly string[]): boolean {
  return args.some((arg) => arg === "--help" || arg === "-h" || arg.startsWith("--config-file"));
}

function stackIn(args: readonly string[]): string | undefined {
  for (const [index, arg] of args.entries()) {
    if (arg === "--stack" || arg === "-s") return args[index + 1];
    if (arg.startsWith("--stack=")) return arg.slice("--stack=".length);
  }
  return process.env["PULUMI_STACK"];
}
