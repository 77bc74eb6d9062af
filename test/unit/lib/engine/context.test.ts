import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { chosenEngine } from "../../../../lib/engine/context.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "serf-docker-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The files as `docker context create` writes them. */
function context(name: string, host: string): string {
  const id = createHash("sha256").update(name).digest("hex");
  const meta = join(folder, "contexts", "meta", id);
  mkdirSync(meta, { recursive: true });
  const Endpoints = { docker: { Host: host, SkipTLSVerify: false } };
  writeFileSync(join(meta, "meta.json"), JSON.stringify({ Name: name, Endpoints }));
  return join(folder, "contexts", "tls", id, "docker");
}

const chosen = (env: NodeJS.ProcessEnv = {}) => chosenEngine({ DOCKER_CONFIG: folder, ...env });

test("no engine is chosen without configuration, nor by the context default", () => {
  expect(chosen()).toBeUndefined();
  writeFileSync(join(folder, "config.json"), '{"currentContext":"default"}');
  expect(chosen()).toBeUndefined();
});

test("DOCKER_HOST takes precedence over every context", () => {
  const env = { DOCKER_HOST: "ssh://there", DOCKER_CONTEXT: "lab" };
  expect(chosen(env)).toEqual({ host: "ssh://there", source: "DOCKER_HOST" });
});

test("DOCKER_HOST is completed as the client does, or refused", () => {
  expect(chosen({ DOCKER_HOST: " 127.0.0.1" })?.host).toBe("tcp://127.0.0.1:2375");
  expect(chosen({ DOCKER_HOST: "unix:///tmp/my docker.sock" })?.host).toBe(
    "unix:///tmp/my docker.sock",
  );
  expect(chosen({ DOCKER_HOST: " " })).toBeUndefined();
  expect(() => chosen({ DOCKER_HOST: "http://there" })).toThrow(
    'DOCKER_HOST is "http://there", allowed is unix:///PATH, tcp://',
  );
});

test("TLS without a host means this machine over TCP; it does not apply to sockets or SSH", () => {
  const tls = { DOCKER_TLS_VERIFY: "1" };
  expect(chosen(tls)).toEqual({
    host: "tcp://localhost:2376",
    source: "DOCKER_TLS_VERIFY",
    certPath: folder,
  });
  for (const host of ["unix:///run/docker.sock", "ssh://there"]) {
    expect(chosen({ ...tls, DOCKER_HOST: host })).toEqual({ host, source: "DOCKER_HOST" });
  }
});

test("DOCKER_HOST with TLS takes the certificates of DOCKER_CERT_PATH, or the client's own", () => {
  const env = { DOCKER_HOST: "tcp://there:2376", DOCKER_TLS_VERIFY: "1" };
  expect(chosen(env)?.certPath).toBe(folder);
  expect(chosen({ ...env, DOCKER_CERT_PATH: "/certs" })?.certPath).toBe("/certs");
});

test("a context is read as the client wrote it, with its certificates", () => {
  const certPath = context("lab", "tcp://lab:2376");
  mkdirSync(certPath, { recursive: true });
  context("edge", "ssh://edge");
  writeFileSync(join(folder, "config.json"), '{"currentContext":"edge"}');
  expect(chosen()).toEqual({ host: "ssh://edge", source: "the context edge" });
  expect(chosen({ DOCKER_CONTEXT: "lab" })).toEqual({
    host: "tcp://lab:2376",
    source: "the context lab",
    certPath,
  });
});

test("a context's host must be complete, since the client does not complete it", () => {
  for (const host of ["tcp://127.0.0.1", "127.0.0.1:2375", "http://there"]) {
    context("lab", host);
    expect(() => chosen({ DOCKER_CONTEXT: "lab" })).toThrow(
      `names the host "${host}"; give it in full`,
    );
  }
  context("lab", "tcp://there:2375/");
  expect(chosen({ DOCKER_CONTEXT: "lab" })?.host).toBe("tcp://there:2375");
});

test("truncated files of the client are reported, and empty ones are ignored", () => {
  const file = join(folder, "config.json");
  writeFileSync(file, "");
  expect(chosen()).toBeUndefined();
  for (const text of ['{"currentContext":', "null"]) {
    writeFileSync(file, text);
    expect(() => chosen()).toThrow(`${file} cannot be read (`);
    expect(chosen({ DOCKER_HOST: "ssh://there" })?.host).toBe("ssh://there");
  }
  context("lab", "ssh://there");
  const id = createHash("sha256").update("lab").digest("hex");
  writeFileSync(join(folder, "contexts", "meta", id, "meta.json"), "{");
  expect(() => chosen({ DOCKER_CONTEXT: "lab" })).toThrow("recreate the Docker context lab");
});

test("a missing context is reported", () => {
  expect(() => chosen({ DOCKER_CONTEXT: "gone" })).toThrow(/There is no Docker context gone/);
});
