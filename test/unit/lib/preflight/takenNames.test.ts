import { expect, test } from "vitest";
import { imageRef } from "../../../../lib/cluster/image.ts";
import { labelsOf } from "../../../../lib/cluster/labels.ts";
import { namesOf } from "../../../../lib/cluster/names.ts";
import { takenNames } from "../../../../lib/preflight/takenNames.ts";
import { parseSettings } from "../../../../lib/settings/settings.ts";

const place = {
  stack: "test",
  platform: "linux",
  handlerFiles: [{ name: "load", isExecutable: true }],
} as const;
const names = namesOf("serf", "test");
const labels = labelsOf("serf", "test");
const nothing = { containers: [], volumes: [], images: [] };

function faultsOf(
  values: Record<string, string>,
  foreign: object,
  networks: { name: string; labels: Record<string, string> }[] = [],
): string[] {
  const settings = parseSettings(values, place);
  const choices = [settings, ...settings.groups.map(({ image }) => ({ ...settings, ...image }))];
  return takenNames(settings, names, labels, {
    wantedImages: choices.map((choice) => imageRef(names.prefix, choice)),
    foreign: { ...nothing, ...foreign },
    networks: networks.map((one) => ({ ...one, id: "1", subnets: [] })),
  });
}

const network = "serf-test";

test("the stack's own things, and things with other names, are not in the way", () => {
  expect(faultsOf({}, {}, [{ name: network, labels }])).toEqual([]);
  const others = { containers: ["serf-test-joiner-4"], volumes: ["data"], images: ["serf-test:1"] };
  expect(faultsOf({}, others, [{ name: "serf", labels: {} }])).toEqual([]);
});

test.each([
  [
    "a container",
    "serf-test-seed",
    "rename it with `docker rename serf-test-seed NAME`, remove it",
  ],
  ["a container", "serf-test-joiner-3", "rename it with"],
])("%s named %s is refused", (kind, name, advice) => {
  expect(faultsOf({}, { containers: [name] })).toEqual([
    expect.stringMatching(
      `^the engine has ${kind} named ${name} that does not belong to this stack, which needs the name; ${advice}`,
    ),
  ]);
});

test("a container with the host agent's name is refused if the host's agent is a container", () => {
  const others = { containers: ["serf-test-host"] };
  expect(faultsOf({}, others)).toEqual([]);
  expect(faultsOf({ hostAgentIn: "container" }, others)).toHaveLength(1);
});

test.each([{}, labelsOf("serf", "other"), { "serf.project": "serf" }])(
  "a network with the labels %j is refused",
  (found) => {
    expect(faultsOf({}, {}, [{ name: network, labels: found }])).toEqual([
      "the engine has a network named serf-test that does not belong to this stack, which needs the name; " +
        "remove it with `docker network rm serf-test`, or give the stack another name",
    ]);
  },
);

test("a volume is refused, except a data volume with retainData", () => {
  const others = { volumes: ["serf-test-config", "serf-test-data"] };
  const [config, data, ...more] = faultsOf({}, others);
  expect(config).toMatch(
    /volume named serf-test-config .*; remove it with `docker volume rm serf-/,
  );
  expect(data).toMatch(
    /volume named serf-test-data .*with `pulumi config set retainData true`, remove/,
  );
  expect(more).toEqual([]);
  expect(faultsOf({ retainData: "true" }, others)).toEqual([config]);
});

test("an image is refused, including a group's", () => {
  const settings = parseSettings({}, place);
  const images = [settings, { ...settings, serfVersion: "0.10.4" }].map((choice) =>
    imageRef(names.prefix, choice),
  );
  expect(faultsOf({}, { images })).toHaveLength(1);
  const groups = '{"web":{"count":1,"serfVersion":"0.10.4"},"db":1}';
  const found = faultsOf({ groups }, { images });
  expect(found).toHaveLength(2);
  expect(found[1]).toContain(`remove the name with \`docker image rm ${images[1]!}\``);
});
