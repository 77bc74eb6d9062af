import { expect, test } from "vitest";
import { images } from "../../../../policy/rules/images.ts";
import { unknownValue } from "../../../../policy/rules/rule.ts";
import { command, container, image, resource, service } from "../../support/resources.ts";

const check = (...resources: Parameters<typeof images.check>[0]) => images.check(resources, {});
const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

test("an image that the provider builds is known by its name", () => {
  expect(check(image(), container())).toEqual([]);
});

test("so is one that a command builds before", () => {
  const build = command("image-build", {
    stdin: JSON.stringify({ image: "serf-dev:0123", context: "docker" }),
  });
  const built = image({ build: undefined }, { dependencies: [build.urn] });
  expect(check(build, built, container())).toEqual([]);
});

test("so is the name under which it is pushed for other engines", () => {
  const name = "registry.example:5000/serf:0123";
  const inputs = { sourceImage: "serf-dev:0123", targetImage: name };
  const tag = resource("docker:index/tag:Tag", "pushed-image", inputs);
  const users = [image({ name, build: undefined }), container({ image: name })];
  expect(check(image(), tag, ...users)).toEqual([]);
  const unknown = resource(
    "docker:index/tag:Tag",
    "pushed-image",
    { ...inputs, sourceImage: unknownValue },
    { sources: { sourceImage: [image().urn] } },
  );
  expect(check(image(), unknown, ...users)).toEqual([]);
  expect(check(tag, ...users)).toHaveLength(2);
});

test.each([digest, `busybox@${digest}`, `registry.example:5000/serf:1@${digest}`])(
  "%s is pinned",
  (name) => {
    expect(check(container({ image: name }))).toEqual([]);
  },
);

test.each(["busybox", "busybox:latest", "serf-dev:0123", `busybox@${digest.slice(0, -1)}`])(
  "%s is not",
  (name) => {
    const one = container({ image: name });
    const allowed = "a name with a digest, an image ID, or an image that this stack builds";
    expect(check(one)).toEqual([
      { urn: one.urn, message: `image is "${name}", allowed is ${allowed}.` },
    ]);
  },
);

test("an image that is pulled by its tag is not, nor is the container that uses it", () => {
  const other = command("image-build", {
    stdin: JSON.stringify({ image: "another:1", context: "docker" }),
  });
  const pulled = image({ build: undefined }, { dependencies: [other.urn] });
  expect(check(other, pulled, container()).map(({ urn }) => urn)).toEqual([
    pulled.urn,
    container().urn,
  ]);
});

test("an ID that is not known yet is that of an image that is built", () => {
  const sources = { image: [image().urn] };
  expect(check(image(), container({ image: unknownValue }, { sources }))).toEqual([]);
  expect(check(image(), container({ image: unknownValue }))).toHaveLength(1);
});

test.each([`registry.example:5000/serf@${digest}`, `registry.example:5000/serf:1@${digest}`])(
  "all nodes get the same image as %s",
  (name) => {
    expect(check(service({ spec: { image: name } }))).toEqual([]);
  },
);

test.each(["serf-dev:0123", digest, "registry.example:5000/serf:1", undefined])(
  "but not as %s, even if the stack builds it",
  (name) => {
    const one = service({ spec: { image: name } });
    const shown = name === undefined ? "not set" : `"${name}"`;
    const message = `taskSpec.containerSpec.image is ${shown}, allowed is a name in a registry with its digest.`;
    expect(check(image(), one)).toEqual([{ urn: one.urn, message }]);
  },
);

test("a digest that is not known yet is that of an image that is pushed", () => {
  const pushed = resource("docker:index/registryImage:RegistryImage", "pushed-image");
  const one = service(
    { spec: { image: unknownValue } },
    { sources: { taskSpec: [pushed.urn, image().urn] } },
  );
  expect(check(image(), pushed, one)).toEqual([]);
  expect(check(image(), one)).toHaveLength(1);
});
