import { type Member, parseMembers } from "../components/members.ts";
import { engine } from "../programs/engineApi.ts";

/**
 * Runs a command in a container.
 *
 * @returns what it printed on its standard output.
 * @throws EngineError when the container does not run.
 */
async function execute(container: string, command: readonly string[]): Promise<string> {
  const body = { Cmd: command, AttachStdout: true };
  const path = `/containers/${container}/exec`;
  const { Id } = (await engine({ method: "POST", path, body })) as { Id: string };
  const start = { Detach: false, Tty: false };
  const output = await engine({ method: "POST", path: `/exec/${Id}/start`, body: start });
  return withoutFrames(output as Buffer);
}

/** Takes the text out of the engine's stream, in which 8 bytes before each piece tell its length. */
export function withoutFrames(stream: Buffer): string {
  const pieces: Buffer[] = [];
  for (let at = 0; at + 8 <= stream.length;) {
    const end = at + 8 + stream.readUInt32BE(at + 4);
    pieces.push(stream.subarray(at + 8, end));
    at = end;
  }
  return Buffer.concat(pieces).toString();
}

/** The members that an agent in a container sees alive; none while it does not answer. */
export async function aliveSeenBy(container: string): Promise<readonly Member[]> {
  try {
    const text = await execute(container, ["serf", "members", "-status=alive", "-format=json"]);
    return parseMembers(text);
  } catch {
    return [];
  }
}
