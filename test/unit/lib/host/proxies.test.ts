import { execFile } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hasProxy, proxyEnvironment, withLoopback } from "../../../../lib/host/proxies.mjs";

test.each([
  [undefined, "localhost,127.0.0.1,::1"],
  ["", "localhost,127.0.0.1,::1"],
  ["localhost, 127.0.0.1", "localhost,127.0.0.1,::1"],
  [".example, 10.0.0.0/8 ,", ".example,10.0.0.0/8,localhost,127.0.0.1,::1"],
])("%j becomes %s", (hosts, all) => {
  expect(withLoopback(hosts)).toBe(all);
});

test("only variables that name a proxy have an effect", () => {
  expect(hasProxy({ NO_PROXY: ".example", http_proxy: "" })).toBe(false);
  expect(proxyEnvironment({ NO_PROXY: ".example" })).toEqual({});
  const direct = ".example,localhost,127.0.0.1,::1";
  expect(proxyEnvironment({ https_proxy: "http://proxy:3128", NO_PROXY: ".example" })).toEqual({
    ...{ NODE_USE_ENV_PROXY: "1", NO_PROXY: direct, no_proxy: direct },
  });
});

describe("downloads", () => {
  let server: Server;
  let asked: string[];

  beforeEach(async () => {
    asked = [];
    server = createServer(({ url = "" }, response) => {
      asked.push(url);
      response.end("an answer");
    });
    // A tunnel whose other end is this server again.
    server.on("connect", ({ url = "" }, socket) => {
      asked.push(`through ${url}`);
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      server.emit("connection", socket);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  afterEach(() => void server.close());

  /** Fetches a text in a separate process, as commands do. */
  async function fetched(url: string, variable: string): Promise<string> {
    const { port } = server.address() as AddressInfo;
    const named = { [variable]: `http://127.0.0.1:${port}` };
    const script =
      'const { fetchText } = await import("./setup/tools/download.ts");' +
      `process.stdout.write(await fetchText("${url.replace("PORT", String(port))}"));`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--input-type=module", "--eval", script],
      { env: { PATH: process.env["PATH"], ...named, ...proxyEnvironment(named) } },
    );
    return stdout;
  }

  test.each(["HTTP_PROXY", "http_proxy"])("go through %s", async (variable) => {
    expect(await fetched("http://releases.invalid/list", variable)).toBe("an answer");
    expect(asked).toEqual(["through releases.invalid:80", "/list"]);
  });

  test("from loopback do not", async () => {
    expect(await fetched("http://localhost:PORT/list", "HTTP_PROXY")).toBe("an answer");
    expect(asked).toEqual(["/list"]);
  });
});
