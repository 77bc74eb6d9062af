/** Tests whether a port of this host is free. */
import { createSocket } from "node:dgram";
import { createServer } from "node:net";

/** The result of {@link tryTcp} as the rest of a sentence that begins with the port. */
export function reasonOf(code: string): string {
  if (code === "EADDRINUSE") return "is in use";
  if (code === "EACCES") return "requires privileges that this user does not have";
  return `cannot be used (${code})`;
}

/** @returns the error's code, or undefined if the port is free. */
export function tryTcp(address: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host: address, port, exclusive: true }, () => {
      server.close(() => resolve(undefined));
    });
  });
}

/** @returns the error's code, or undefined if the port is free. */
export function tryUdp(address: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.once("error", (error: NodeJS.ErrnoException) => {
      socket.close();
      resolve(error.code ?? error.message);
    });
    socket.bind({ address, port, exclusive: true }, () => {
      socket.close(() => resolve(undefined));
    });
  });
}
