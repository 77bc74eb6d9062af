import { describe, expect, test } from "vitest";
import type { PreviewStep } from "../../../../lib/review/preview.ts";
import { serviceSummary } from "../../../../lib/review/serviceSummary.ts";
import { serviceChanges } from "../../../../lib/review/services.ts";

type Step = Pick<PreviewStep, "op" | "detailedDiff" | "diffReasons">;

interface Size {
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly parallelism?: number;
}

const service = (name: string, step: Step, size: Size = { before: 3, after: 3 }): PreviewStep => {
  const state = (replicas: number | undefined) => ({
    type: "docker:index/service:Service",
    inputs: {
      ...{ name, mode: replicas === undefined ? { global: true } : { replicated: { replicas } } },
      updateConfig: { parallelism: size.parallelism ?? 0 },
    },
  });
  return {
    ...step,
    urn: `urn:pulumi:fleet::serf::serf:swarm:AgentService$docker:index/service:Service::${name}`,
    ...(step.op !== "create" && { oldState: state(size.before) }),
    ...(step.op !== "delete" && { newState: state(size.after) }),
  };
};
const update = (...paths: string[]): Step => ({
  op: "update",
  detailedDiff: Object.fromEntries(paths.map((path) => [path, {}])),
});
const same: Step = { op: "same" };
const summary = (...steps: PreviewStep[]) => serviceSummary(steps)!;

describe("a change of a property", () => {
  test.each([
    ["labels[0].value", "updated", "labels"],
    ["updateConfig.parallelism", "updated", "updateConfig"],
    ["auth", "updated", "auth"],
    ["mode.replicated.replicas", "updated", "replicas"],
    ["taskSpec.containerSpec.image", "restarted", "image"],
    ["taskSpec.containerSpec.labels[2].value", "restarted", "labels"],
    ["taskSpec.resources.limits.memoryBytes", "restarted", "limits"],
    ["taskSpec", "restarted", "taskSpec"],
    ["endpointSpec.mode", "restarted", "endpointSpec"],
  ])("%s: the service is %s for %s", (path, fate, reason) => {
    expect(serviceChanges([service("web", update(path))])).toMatchObject([
      { fate, reasons: [reason] },
    ]);
  });

  test("is found where Pulumi gives no details", () => {
    const step = { op: "update", detailedDiff: null, diffReasons: ["labels", "taskSpec"] };
    expect(serviceChanges([service("web", step)])).toMatchObject([
      { fate: "restarted", reasons: ["taskSpec"] },
    ]);
  });
});

test("a stack without services has no such summary", () => {
  expect(serviceSummary([])).toBe(undefined);
});

describe("members that are down at the same time", () => {
  const image = update("taskSpec.containerSpec.image");

  test("are those of a service whose tasks are replaced at once", () => {
    expect(summary(service("web", image), service("db", same)).warnings).toEqual([
      "All members of service web are down at the same time. `maxUnavailable` lets Swarm replace them a few at a time.",
    ]);
  });

  test("are not those of a service that has a limit", () => {
    const size = { before: 3, after: 3, parallelism: 1 };
    expect(summary(service("web", image, size)).warnings).toEqual([]);
  });

  test("are more than one", () => {
    const seed = service("seed", image, { before: 1, after: 1 });
    expect(summary(seed).warnings).toEqual([]);
    const host = service("host", image, { before: undefined, after: undefined });
    expect(summary(host, service("db", same)).warnings).toHaveLength(1);
  });
});

test("services with different limits are told apart", () => {
  const image = update("taskSpec.containerSpec.image");
  const limited = (name: string, parallelism: number) =>
    service(name, image, { before: 9, after: 9, parallelism });
  expect(summary(limited("a", 1), limited("b", 2), limited("c", 2)).verdict).toBe(
    "The tasks of service a are replaced, at most 1 at a time; " +
      "the tasks of 2 services are replaced, at most 2 at a time in each.",
  );
});

test("the end of a cluster is said once", () => {
  const gone = (name: string) => service(name, { op: "delete" });
  expect(summary(gone("a"), gone("b")).warnings).toEqual([
    "All services are deleted: the cluster ends.",
  ]);
});

test("more than a few services are counted, and their list ends", () => {
  const named = (step: Step, size?: Size) =>
    Array.from({ length: 120 }, (_, index) => service(`web-${index}`, step, size));
  expect(summary(service("db", same), ...named({ op: "delete" })).warnings).toEqual([
    "120 services are deleted with 360 members.",
  ]);
  const scaled = summary(
    ...named(update("mode.replicated.replicas"), { before: 2, after: 3, parallelism: 1 }),
  );
  expect(scaled.verdict).toBe(
    "120 services are scaled from 240 to 360 members in all; nobody is restarted.",
  );
  expect(scaled.table).toHaveLength(102);
  expect(scaled.table.at(-1)).toEqual(["… and 20 more", "", "", ""]);
});
