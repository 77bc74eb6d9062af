/** A local server that behaves as GitHub's API does, as far as the programs use it. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "vitest";
import { GitHub } from "./repository.ts";
import { carryOut } from "./routes.ts";

const started: (() => void)[] = [];

afterAll(() => {
  for (const stop of started.splice(0)) stop();
});

/** Starts a server that ends with the tests of the file. */
export async function startGitHub(): Promise<GitHub> {
  const github = new GitHub();
  const server = createServer((request, response) => {
    void answer(github, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  started.push(() => {
    server.closeAllConnections();
    server.close();
  });
  github.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return github;
}

async function answer(github: GitHub, request: IncomingMessage, response: ServerResponse) {
  const url = new URL(request.url!, github.url);
  const line = `${request.method ?? ""} ${url.pathname}`;
  github.asked.push(line);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const sent = (text === "" ? {} : JSON.parse(text)) as Record<string, string>;
  const reply = (status: number, data: unknown, headers: Readonly<Record<string, string>> = {}) =>
    response
      .writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers })
      .end(JSON.stringify(data));
  const fault = (status: number, message: string, errors?: readonly object[]) =>
    reply(status, { message, errors, documentation_url: "https://docs.github.com/rest" });

  if (request.headers.authorization !== `token ${github.token}`)
    return fault(401, "Bad credentials");
  const index = github.refusals.findIndex(([one]) => one === line);
  const refusal = github.refusals[index]?.[1];
  if (refusal) {
    github.refusals.splice(index, 1);
    if (refusal.isDone) carryOut(github, line, url, sent);
    return reply(refusal.status, { message: refusal.message ?? "Refused" }, refusal.headers);
  }
  if ((sent["body"]?.length ?? 0) > 65_536) {
    const message = "body is too long (maximum is 65536 characters)";
    return fault(422, "Validation Failed", [
      { resource: "IssueComment", code: "unprocessable", message },
    ]);
  }
  const result = carryOut(github, line, url, sent);
  if (result === undefined) return fault(404, "Not Found");
  if (!Array.isArray(result.list)) return reply(result.status ?? 200, result.data);
  const { part, headers } = page(url, result.list);
  return reply(
    200,
    result.key ? { total_count: result.list.length, [result.key]: part } : part,
    headers,
  );
}

/** One page of a list, with the links to the others. */
function page(url: URL, list: readonly unknown[]) {
  const size = Math.min(Number(url.searchParams.get("per_page") ?? 30), 100);
  const number = Number(url.searchParams.get("page") ?? 1);
  const last = Math.max(1, Math.ceil(list.length / size));
  const link = (to: number, rel: string) => {
    const target = new URL(url);
    target.searchParams.set("page", String(to));
    return `<${target.href}>; rel="${rel}"`;
  };
  const links = number < last ? [link(number + 1, "next"), link(last, "last")] : [];
  return {
    part: list.slice((number - 1) * size, number * size),
    headers: links.length > 0 ? { link: links.join(", ") } : {},
  };
}
