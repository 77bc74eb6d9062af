import { expect, test } from "vitest";
import { serviceConfigType } from "../../../../policy/rules/rule.ts";
import {
  broken,
  container,
  image,
  keyring,
  labelled,
  resource,
  service,
} from "../../support/resources.ts";

const volumeType = "docker:index/volume:Volume";

test.each(["docker:index/network:Network", volumeType, serviceConfigType])(
  "%s needs both labels",
  (type) => {
    expect(broken(resource(type, "one", { labels: labelled() }))).toEqual([]);
    expect(broken(resource(type, "one"))).toEqual([
      "labelled: the label serf.project is not set, allowed is serf.",
      "labelled: the label serf.stack is not set, allowed is dev.",
    ]);
  },
);

test("the labels name this project and stack", () => {
  expect(broken(container({ labels: labelled({ "serf.stack": "prod" }) }))).toEqual([
    'labelled: the label serf.stack is "prod", allowed is dev.',
  ]);
});

test("an image that is built has them, and one that is not has none", () => {
  expect(broken(image())).toEqual([]);
  expect(broken(image({ build: undefined }))).toEqual([]);
  expect(broken(image({ build: { context: "docker" } }))).toHaveLength(2);
});

test("a volume that was there before the stack is used as it is", () => {
  const kept = resource(volumeType, "storage-data", {}, { ignoredChanges: ["labels"] });
  expect(broken(kept)).toEqual([]);
});

test("a service and its containers need them", () => {
  const labels = labelled({ "serf.stack": "prod" });
  expect(broken(service({ labels }))).toEqual([
    'labelled: the label serf.stack is "prod", allowed is dev.',
  ]);
  expect(broken(service({ spec: { labels } }))).toEqual([
    'labelled: the label serf.stack of the containers is "prod", allowed is dev.',
  ]);
});

test("a secret of the Swarm needs them", () => {
  expect(broken(keyring())).toEqual([]);
  expect(broken(keyring({ labels: undefined }))).toHaveLength(2);
});
