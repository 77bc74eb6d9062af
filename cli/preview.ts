/** `npm run preview`: what `up` would change. */
import { offlineVariable } from "../components/preflight.ts";
import { UserError } from "../setup/errors.ts";
import { toolchain } from "../setup/toolchain.ts";
import { command } from "./arguments.ts";
import { configCopy, createStack, pulumi, stackExists } from "./stack.ts";
import { stateFault } from "./stateFiles.ts";

const line = {
  command: "npm run preview",
  purpose:
    "Shows what `npm start` would change. Where no engine answers, it compares with the state alone.",
  options: { offline: { help: "looks at no engine" } },
} as const;

await command(line, async ({ stack, options: { offline = false } }) => {
  const { env } = await toolchain(offline ? "left alone" : "looked for");
  const fault = await stateFault(stack, env);
  if (fault !== undefined) throw new UserError(fault);
  if (!(await stackExists(stack, env))) await createStack(stack, env);
  const variables = offline ? { [offlineVariable]: "true" } : {};
  return await pulumi(["preview", ...(await configCopy(stack))], { ...env, ...variables });
});
