import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { provide } from "../../../../setup/tools/cache.ts";
import { checksumIn, download, fetchText, Unreachable } from "../../../../setup/tools/download.ts";
import { UserError } from "../../../../lib/host/errors.ts";
import { downloadTools, pinnedReleases } from "../../../../setup/tools/releases.ts";
import { toolFolder } from "../../../../setup/tools/toolFolder.ts";

/** Long enough for a busy machine. */
const within = { answer: 10_000, silence: 10_000 };

/** Short enough to test a silent server. */
const hardly = { answer: 500, silence: 300 };

let dir: string;
let server: Server;
let origin: string;
let answer: (path: string, response: ServerResponse) => void;
let requests: string[];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "serf-download-"));
  requests = [];
  server = createServer((request, response) => {
    requests.push(request.url!);
    answer(request.url!, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(dir, { recursive: true });
});

const content = Buffer.from("the content of an archive".repeat(1000));
const sha256 = (data: Buffer) => createHash("sha256").update(data).digest("hex");

describe("download", () => {
  const fetchIt = (sum = sha256(content), patience = within) =>
    download(`${origin}/file.tgz`, join(dir, "file"), sum, patience);

  test("keeps a file that has the checksum", async () => {
    answer = (_, response) => response.end(content);
    await fetchIt();
    expect(readFileSync(join(dir, "file"))).toEqual(content);
  });

  test("refuses and removes a file with another checksum", async () => {
    answer = (_, response) => response.end(content);
    await expect(fetchIt("0".repeat(64))).rejects.toThrow(
      new RegExp(`/file.tgz has the SHA-256 checksum ${sha256(content)}, expected 0{64}`),
    );
    expect(readdirSync(dir)).toEqual([]);
  });

  test("verifies by SHA-1 if no better checksum is published", async () => {
    answer = (_, response) => response.end(content);
    const sha1 = createHash("sha1").update(content).digest("hex");
    await fetchIt(sha1);
    expect(readFileSync(join(dir, "file"))).toEqual(content);
    await expect(fetchIt("0".repeat(40))).rejects.toThrow(`has the SHA-1 checksum ${sha1}`);
    expect(existsSync(join(dir, "file"))).toBe(false);
  });

  test("retries a transfer that broke off", async () => {
    answer = (_, response) => {
      if (requests.length > 1) return response.end(content);
      response.writeHead(200, { "content-length": content.length });
      return response.write(content.subarray(0, 100), () => response.destroy());
    };
    await fetchIt();
    expect(readFileSync(join(dir, "file"))).toEqual(content);
    expect(requests).toHaveLength(2);
  });

  test("gives up after the third transfer that broke off", async () => {
    answer = (_, response) => {
      response.writeHead(200, { "content-length": content.length });
      response.write(content.subarray(0, 100), () => response.destroy());
    };
    await expect(fetchIt()).rejects.toThrow(/broke off \(.+\)\. Run the command again\./);
    await expect(fetchIt()).rejects.toBeInstanceOf(UserError);
    expect(requests).toHaveLength(6);
    expect(readdirSync(dir)).toEqual([]);
  });

  test("treats a transfer that stalls as broken off", async () => {
    answer = (_, response) => {
      response.writeHead(200, { "content-length": content.length });
      response.write(content.subarray(0, 100));
    };
    await expect(fetchIt(undefined, hardly)).rejects.toThrow(/broke off \(no answer for 0\.3 s\)/);
    expect(readdirSync(dir)).toEqual([]);
  });

  test("does not wait for a server that does not answer", async () => {
    answer = () => undefined;
    const start = Date.now();
    await expect(fetchIt(undefined, hardly)).rejects.toThrow(Unreachable);
    await expect(fetchText(`${origin}/list`, hardly)).rejects.toThrow(/no answer for 0\.5 s/);
    expect(Date.now() - start).toBeLessThan(5_000);
  });

  test("treats a missing file or server as unreachable", async () => {
    answer = (_, response) => response.writeHead(404).end();
    await expect(fetchIt()).rejects.toThrow(/the server answers 404/);
    await expect(fetchText("http://127.0.0.1:1/", within)).rejects.toThrow(Unreachable);
  });

  test("blames the disk and not the transfer when the file cannot be written", async () => {
    answer = (_, response) => response.end(content);
    await expect(
      download(`${origin}/file.tgz`, join(dir, "no", "file"), sha256(content), within),
    ).rejects.toThrow(/ENOENT/);
    expect(requests).toHaveLength(1);
  });
});

describe("checksumIn", () => {
  const sum = "a".repeat(64);

  test("finds a file in the format of Pulumi's plugins", () => {
    const short = "c".repeat(40);
    const list = `${"d".repeat(40)}  ./other.tgz\n${short}  ./file.tgz\n`;
    expect(checksumIn(list, "https://example.com/x/file.tgz")).toBe(short);
  });

  test("finds a file in both usual formats", () => {
    const list = `${"b".repeat(64)}  other.tgz\n${sum} *file.tgz\n`;
    expect(checksumIn(list, "https://example.com/x/file.tgz")).toBe(sum);
    expect(checksumIn(`${sum.toUpperCase()}  file.tgz`, "https://example.com/file.tgz")).toBe(sum);
  });

  test("refuses a list without the file", () => {
    for (const list of ["", `${sum}  file.tgz.sig`, "short  file.tgz", "<html>file.tgz</html>"]) {
      expect(() => checksumIn(list, "https://example.com/file.tgz")).toThrow(UserError);
    }
  });
});

describe("the official releases", () => {
  /** An archive with one program in a folder, as in the releases. */
  function archiveOf(program: string, text: string): Buffer {
    const folder = join(dir, `make-${program}`, "pulumi");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, program), text);
    const archive = join(dir, `${program}.tar.gz`);
    execFileSync("tar", ["-czf", archive, "-C", join(folder, ".."), "."]);
    const data = readFileSync(archive);
    rmSync(archive);
    return data;
  }

  const programs = ["pulumi", "pulumi-resource-docker", "pulumi-resource-command"];

  function serve(change: (path: string, data: Buffer) => Buffer = (_, data) => data) {
    const archives = new Map(programs.map((name) => [`/${name}.tgz`, archiveOf(name, name)]));
    answer = (path, response) => {
      const sums = [...archives].map(([file, data]) => `${sha256(data)}  ${file.slice(1)}\n`);
      const archive = archives.get(path);
      response.end(archive === undefined ? sums.join("") : change(path, archive));
    };
    return programs.map((name) => ({
      archive: `${origin}/${name}.tgz`,
      checksums: `${origin}/${name}-checksums.txt`,
    }));
  }

  test("are verified, unpacked and moved to where Pulumi finds them", async () => {
    const releases = serve();
    const folder = await provide("tools", (part) => downloadTools(part, releases, within), dir);
    const { bin, home, plugins } = toolFolder(folder);
    expect(readFileSync(join(bin, "pulumi"), "utf8")).toBe("pulumi");
    expect(readdirSync(join(home, "plugins")).sort()).toEqual([
      "resource-command-v1.2.1",
      "resource-docker-v5.2.0",
    ]);
    expect(plugins.every((plugin) => existsSync(plugin))).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(["bin", "home"]);
  });

  test("leave nothing behind when a checksum is wrong", async () => {
    const releases = serve((path, data) =>
      path.includes("command") ? Buffer.concat([data, Buffer.from("x")]) : data,
    );
    await expect(
      provide("tools", (part) => downloadTools(part, releases, within), dir),
    ).rejects.toThrow(/pulumi-resource-command\.tgz has the SHA-256 checksum/);
    expect(readdirSync(dir).filter((name) => name.startsWith("tools"))).toEqual([]);
  });

  test("have the URLs where Pulumi publishes them for the platform", () => {
    expect(pinnedReleases("linux", "x64")).toEqual([
      {
        archive: "https://get.pulumi.com/releases/sdk/pulumi-v3.260.0-linux-x64.tar.gz",
        checksums:
          "https://github.com/pulumi/pulumi/releases/download/v3.260.0/pulumi-3.260.0-checksums.txt",
      },
      {
        archive:
          "https://github.com/pulumi/pulumi-docker/releases/download/v5.2.0/pulumi-resource-docker-v5.2.0-linux-amd64.tar.gz",
        checksums:
          "https://github.com/pulumi/pulumi-docker/releases/download/v5.2.0/pulumi-docker_5.2.0_checksums.txt",
      },
      {
        archive:
          "https://github.com/pulumi/pulumi-command/releases/download/v1.2.1/pulumi-resource-command-v1.2.1-linux-amd64.tar.gz",
        checksums:
          "https://github.com/pulumi/pulumi-command/releases/download/v1.2.1/pulumi-command_1.2.1_checksums.txt",
      },
    ]);
  });
});
