import { Decoder, encode } from "@msgpack/msgpack";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

/** A request as received by an agent. */
export interface Request {
  readonly command: string;
  readonly seq: number;
  readonly body: Record<string, unknown>;
  /** Sends a header, optionally followed by a value. */
  readonly answer: (error: string, value?: unknown) => void;
  readonly socket: Socket;
}

/** A server for Serf's RPC on loopback, whose behaviour the test defines. */
export class FakeAgent {
  /** The response to a request. Default: success, and nothing else. */
  on: Record<string, (request: Request) => void> = {};
  readonly requests: Request[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      void this.#serve(socket);
    });
  }

  static async start(): Promise<FakeAgent> {
    const agent = new FakeAgent();
    await new Promise<void>((resolve) => agent.#server.listen(0, "127.0.0.1", resolve));
    return agent;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The received requests, by command. */
  get commands(): string[] {
    return this.requests.map(({ command }) => command);
  }

  /** The number of open connections. */
  get connections(): number {
    return [...this.#sockets].filter((socket) => !socket.closed).length;
  }

  /** Closes all connections. */
  disconnect(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  stop(): void {
    this.disconnect();
    this.#server.close();
  }

  async #serve(socket: Socket): Promise<void> {
    const values = new Decoder().decodeStream(socket);
    try {
      for (;;) {
        const header = (await values.next()) as IteratorResult<{ Command: string; Seq: number }>;
        if (header.done) break;
        const { Command: command, Seq: seq } = header.value;
        const hasBody = command !== "list-keys";
        const body = (hasBody ? (await values.next()).value : {}) as Request["body"];
        const answer = (error: string, value?: unknown) => {
          const bytes = [encode({ Seq: seq, Error: error })];
          socket.write(Buffer.concat(value === undefined ? bytes : [...bytes, encode(value)]));
        };
        const request = { command, seq, body, answer, socket };
        this.requests.push(request);
        (this.on[command] ?? (() => answer("")))(request);
      }
    } catch {
      // The client closed the connection in the middle of a message.
    }
    socket.end();
  }
}
