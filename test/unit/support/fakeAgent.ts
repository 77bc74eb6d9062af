import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { Decoder, encode } from "@msgpack/msgpack";

/** A request as an agent reads it. */
export interface Request {
  readonly command: string;
  readonly seq: number;
  readonly body: Record<string, unknown>;
  /** Sends a header, and a value after it. */
  readonly answer: (error: string, value?: unknown) => void;
  readonly socket: Socket;
}

/** Something that speaks Serf's RPC on loopback, as the test says. */
export class FakeAgent {
  /** What is done on a request. Default: it goes well, and nothing follows. */
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

  /** The requests by their commands. */
  get commands(): string[] {
    return this.requests.map(({ command }) => command);
  }

  /** How many connections are open. */
  get connections(): number {
    return [...this.#sockets].filter((socket) => !socket.closed).length;
  }

  /** Ends all connections. */
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
      // The client went away in the middle of something.
    }
    socket.end();
  }
}
