import type { ClientRequest } from "node:http";
import { engine, query } from "../../lib/engine/api.ts";
import { connectEngine } from "../../lib/engine/connection.ts";
import { versionFor } from "../../lib/engine/version.ts";

/** The starts of containers, from the engine's events, which avoids polling. */
export interface Starts {
  /** How many containers have started. */
  readonly count: () => number;
  /** When the last of them started, in milliseconds since the epoch. */
  readonly last: () => number;
  /** Adds running containers whose start was not reported: a busy engine can drop an event. */
  readonly complete: () => Promise<void>;
  readonly close: () => void;
}

/** Milliseconds that the engine may take to answer. */
const answerTimeout = 30_000;

interface StartEvent {
  readonly Actor: { readonly ID: string };
  readonly timeNano: number;
}

/**
 * Listens for starts of containers with a label. Resolves when the engine has begun to report events.
 *
 * @param label as `key=value`.
 * @throws Error when the engine cannot be reached.
 */
export async function listenForStarts(label: string): Promise<Starts> {
  const filters = { type: ["container"], event: ["start"], label: [label] };
  const started = new Map<string, number>();
  let rest = "";
  const connection = connectEngine();
  const version = await versionFor(connection, AbortSignal.timeout(answerTimeout));
  const path = `/v${version}/events?${query({ filters })}`;
  const outgoing = await new Promise<ClientRequest>((resolve, reject) => {
    const asked = connection.begin({ method: "GET", path }, (response) => {
      response.on("error", () => undefined);
      response.setEncoding("utf8").on("data", (text: string) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop()!;
        for (const line of lines.filter(Boolean)) {
          const { Actor, timeNano } = JSON.parse(line) as StartEvent;
          if (!started.has(Actor.ID)) started.set(Actor.ID, timeNano / 1e6);
        }
      });
      resolve(asked);
    });
    asked.once("error", reject);
    asked.end();
  });
  outgoing.on("error", () => undefined);
  return {
    count: () => started.size,
    last: () => Math.max(0, ...started.values()),
    complete: async () => {
      const running = `/containers/json?${query({ filters: { label: [label] } })}`;
      for (const { Id } of (await engine({ method: "GET", path: running })) as { Id: string }[]) {
        if (started.has(Id)) continue;
        const inspect = { method: "GET", path: `/containers/${Id}/json` } as const;
        const { State } = (await engine(inspect)) as { State: { StartedAt: string } };
        started.set(Id, Date.parse(State.StartedAt));
      }
    },
    close: () => outgoing.destroy(),
  };
}
