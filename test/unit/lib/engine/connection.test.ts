import { createServer, type Server } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo, ListenOptions } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { pingEngine } from "../../../../lib/engine/api.ts";

let server: Server | undefined;

afterEach(() => {
  vi.unstubAllEnvs();
  server?.closeAllConnections();
  server?.close();
});

/** Answers like an engine, below a path. */
async function serve(place: ListenOptions, base = ""): Promise<number> {
  server = createServer((request, response) => {
    const isBelow = request.url?.startsWith(base) ?? false;
    const path = request.url?.slice(base.length);
    if (isBelow && path === "/_ping") response.setHeader("api-version", "1.41").end("OK");
    else if (isBelow && path === "/v1.41/version") {
      response.setHeader("content-type", "application/json").end('{"Version":"20.10"}');
    } else response.writeHead(404).end("elsewhere");
  });
  await new Promise<void>((resolve) => server!.listen(place, resolve));
  return (server.address() as AddressInfo).port;
}

async function versionAt(host: string): Promise<string> {
  vi.stubEnv("DOCKER_HOST", host);
  return await pingEngine();
}

test("a socket whose path has a space", async () => {
  const folder = mkdtempSync(join(tmpdir(), "serf my "));
  try {
    await serve({ path: join(folder, "my docker.sock") });
    expect(await versionAt(`unix://${folder}/my docker.sock`)).toBe("20.10");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("an IPv6 address, with and without a scheme", async () => {
  const port = await serve({ host: "::1", port: 0 });
  expect(await versionAt(`tcp://[::1]:${port}`)).toBe("20.10");
  expect(await versionAt(`[::1]:${port}`)).toBe("20.10");
});

test("a path before the API's", async () => {
  const port = await serve({ host: "127.0.0.1", port: 0 }, "/engines/a");
  expect(await versionAt(`tcp://127.0.0.1:${port}/engines/a`)).toBe("20.10");
  await expect(versionAt(`tcp://127.0.0.1:${port}`)).rejects.toThrow("elsewhere");
});
