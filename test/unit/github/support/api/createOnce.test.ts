import { RequestError } from "@octokit/request-error";
import { expect, test } from "vitest";
import { createOnce } from "../../../../../github/support/api/createOnce.ts";

const failure = (status: number) =>
  new RequestError("Bad Gateway", status, {
    request: { method: "POST", url: "http://127.0.0.1/", headers: {} },
  });

/** Creation that fails like this, and how often it was tried. */
function creation(...failures: readonly Error[]) {
  const left = [...failures];
  const tried = { count: 0 };
  const create = () => {
    tried.count++;
    const error = left.shift();
    return error ? Promise.reject(error) : Promise.resolve("created");
  };
  return { create, tried };
}

const noWait = () => Promise.resolve();
const nothing = () => Promise.resolve(undefined);

test("what GitHub has created although it failed is not created again", async () => {
  const { create, tried } = creation(failure(502));
  expect(await createOnce(() => Promise.resolve("found"), create, noWait)).toBe("found");
  expect(tried.count).toBe(1);
});

test("what is not there is created again", async () => {
  const { create, tried } = creation(failure(502), failure(500));
  expect(await createOnce(nothing, create, noWait)).toBe("created");
  expect(tried.count).toBe(3);
});

test("it gives up after three attempts, and at once when the request is refused", async () => {
  const down = creation(...Array.from({ length: 9 }, () => failure(503)));
  await expect(createOnce(nothing, down.create, noWait)).rejects.toThrow("Bad Gateway");
  expect(down.tried.count).toBe(3);
  const refused = creation(failure(422));
  await expect(createOnce(nothing, refused.create, noWait)).rejects.toThrow();
  expect(refused.tried.count).toBe(1);
});
