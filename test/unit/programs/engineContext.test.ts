import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { chosenEngine } from "../../../programs/engineContext.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "serf-docker-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** As `docker context create` writes it. */
function context(name: string, host: string): string {
  const id = createHash("sha256").update(name).digest("hex");
  const meta = join(folder, "contexts", "meta", id);
  mkdirSync(meta, { recursive: true });
  const Endpoints = { docker: { Host: host, SkipTLSVerify: false } };
  writeFileSync(join(meta, "meta.json"), JSON.stringify({ Name: name, Endpoints }));
  return join(folder, "contexts", "tls", id, "docker");
}

const chosen = (env: NodeJS.ProcessEnv = {}) => chosenEngine({ DOCKER_CONFIG: folder, ...env });

test("nothing is chosen where nothing is said, nor by the context default", () => {
  expect(chosen()).toBeUndefined();
  writeFileSync(join(folder, "config.json"), '{"currentContext":"default"}');
  expect(chosen()).toBeUndefined();
});

test("DOCKER_HOST stands above every context", () => {
  const env = { DOCKER_HOST: "ssh://there", DOCKER_CONTEXT: "lab" };
  expect(chosen(env)).toEqual({ host: "ssh://there", source: "DOCKER_HOST" });
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

test("a context that is not there is named", () => {
  expect(() => chosen({ DOCKER_CONTEXT: "gone" })).toThrow(/There is no Docker context gone/);
});
