import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";

interface FakeAnswer {
  readonly status?: number;
  /** Default: JSON. */
  readonly type?: string;
  readonly body: string | Buffer;
}

/** A fake engine with the answers that the test defines. It does not answer other requests. */
export class FakeEngine {
  readonly dir = mkdtempSync(join(tmpdir(), "serf-engine-"));
  /** By request, for example `GET /v1.41/version`. */
  answers: Readonly<Record<string, FakeAnswer>> = {};
  /** The newest API version that it reports. */
  apiVersion: string | undefined = "1.41";
  pings = 0;
  readonly asked: { request: string; type: string | undefined; body: string }[] = [];
  readonly #server = createServer((request, response) => {
    void text(request).then((body) => {
      const name = nameOf(request);
      if (name === "GET /_ping") {
        this.pings++;
        const { apiVersion } = this;
        response.writeHead(200, apiVersion ? { "api-version": apiVersion } : {}).end("OK");
        return;
      }
      this.asked.push({ request: name, type: request.headers["content-type"], body });
      const answer = this.answers[name];
      if (answer === undefined) return;
      response.writeHead(answer.status ?? 200, {
        "content-type": answer.type ?? "application/json",
      });
      response.end(answer.body);
    });
  });

  /** Starts one, and sets `DOCKER_HOST` to it. */
  static async start(): Promise<FakeEngine> {
    const fake = new FakeEngine();
    const socket = join(fake.dir, "socket");
    await new Promise<void>((resolve) => fake.#server.listen(socket, resolve));
    process.env["DOCKER_HOST"] = `unix://${socket}`;
    return fake;
  }

  /** Hands hijacked connections to a program. */
  onUpgrade(program: (socket: Duplex) => void): void {
    this.#server.on("upgrade", (request, socket) => {
      this.asked.push({ request: nameOf(request), type: undefined, body: "" });
      socket.write("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
      program(socket);
    });
  }

  stop(): void {
    delete process.env["DOCKER_HOST"];
    this.#server.closeAllConnections();
    this.#server.close();
    rmSync(this.dir, { recursive: true });
  }
}

function nameOf({ method, url }: IncomingMessage): string {
  return `${String(method)} ${String(url)}`;
}
