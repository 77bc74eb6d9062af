import { expect, test } from "vitest";
import { inRegistry, isRepository, registryOf } from "../../../../lib/cluster/registry.ts";
import { parseSettings } from "../../../../lib/settings/settings.ts";
import { place } from "../../support/settings.ts";

test.each([
  ["registry.example/serf", true],
  ["registry.example:5000/team/serf", true],
  ["localhost:5000/serf", true],
  ["10.0.0.1:5000/serf", true],
  ["registry:5000/serf", true],
  // Docker would take these for repositories of its own registry.
  ["serf", false],
  ["team/serf", false],
  ["registry.example/serf:1", false],
  ["registry.example/", false],
  ["https://registry.example/serf", false],
  ["registry.example/Serf", false],
])("%s is a repository with a registry: %s", (text, is) => {
  expect(isRepository(text)).toBe(is);
});

test("an image keeps its tag, and the login is that of the registry's host", () => {
  const values = { swarm: "services", registry: "registry.example:5000/team/serf" };
  const registry = registryOf(parseSettings(values, place));
  expect(registry.address).toBe("registry.example:5000");
  const plain = registryOf(parseSettings({ ...values, registryInsecure: "true" }, place));
  expect(plain.address).toBe("http://registry.example:5000");
  expect(inRegistry(registry, "serf-demo:0123456789ab")).toBe(
    "registry.example:5000/team/serf:0123456789ab",
  );
});
