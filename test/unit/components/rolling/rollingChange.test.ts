import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  type ChangedMembers,
  RollingChange,
} from "../../../../components/rolling/rollingChange.ts";
import { stateOf } from "../../../../lib/containers/lifecycle.ts";
import type { PresentMember } from "../../../../lib/membership/rollout.ts";
import { type Scene, watch } from "../../../../lib/membership/watch.ts";

vi.mock("../../../../lib/membership/watch.ts", () => ({ watch: vi.fn() }));
vi.mock("../../../../lib/containers/lifecycle.ts", () => ({ stateOf: vi.fn() }));
vi.mock("../../../../lib/engine/exec.ts", () => ({
  containerLog: (name: string) => Promise.resolve(`log of ${name}`),
}));

const moment = () => new Promise((resolve) => setTimeout(resolve, 1));

/** What a member's replacement does. */
type Fate = "comes up" | "ends again and again" | "never answers";

/** A simulated cluster whose members are replaced when their turn comes. */
class FakeCluster {
  /** The members that were taken down, in order. */
  readonly taken: string[] = [];
  /** The most members that were down at the same time. */
  mostDown = 0;
  readonly #fates: Readonly<Record<string, Fate>>;
  readonly #up: Set<string>;
  readonly #names: readonly string[];
  readonly #broken: ReadonlySet<string>;

  /** @param broken members that do not answer until they are replaced. */
  constructor(
    names: readonly string[],
    {
      fates = {},
      broken = [],
      absent = [],
    }: {
      readonly fates?: Readonly<Record<string, Fate>>;
      readonly broken?: readonly string[];
      readonly absent?: readonly string[];
    } = {},
  ) {
    this.#names = names;
    this.#fates = fates;
    this.#broken = new Set(broken);
    this.#up = new Set(names.filter((name) => !broken.includes(name) && !absent.includes(name)));
    vi.mocked(watch).mockImplementation(async (_, __, decide) => {
      for (let looks = 0; looks < 30; looks++) {
        const decision = await decide(this.#scene());
        if (decision !== undefined) return decision;
        await moment();
      }
      return undefined;
    });
    vi.mocked(stateOf).mockImplementation((name) =>
      Promise.resolve({
        name,
        isRunning: true,
        restarts: this.#fates[name] === "ends again and again" ? 3 : 0,
      }),
    );
  }

  #scene(): Scene {
    const present = this.#names.map((name): PresentMember => ({
      ...{ name, address: `of ${name}` },
      isRunning: this.#up.has(name) || this.#broken.has(name),
    }));
    const seen = new Map(
      this.#names.map((name) => [
        name,
        { status: this.#up.has(name) ? ("alive" as const) : ("failed" as const) },
      ]),
    );
    return { present, looks: [...this.#up].map((viewer) => ({ viewer, seen })) };
  }

  /** Creates and replaces members as Pulumi does, each when its turn has come. */
  play(change: RollingChange, { fresh, replaced }: ChangedMembers): void {
    for (const name of fresh) void this.#make(change, name);
    for (const name of replaced.flat()) {
      const replace = async () => {
        await change.turnOf(name);
        this.taken.push(name);
        this.#up.delete(name);
        const down = this.#names.filter((one) => !this.#up.has(one));
        this.mostDown = Math.max(this.mostDown, down.length);
        await this.#make(change, name);
      };
      void replace();
    }
  }

  async #make(change: RollingChange, name: string): Promise<void> {
    await moment();
    const fate = this.#fates[name] ?? "comes up";
    if (fate === "comes up") this.#up.add(name);
    change.isMade(name, pulumi.output(name));
  }
}

const names = ["a", "b", "c", "d", "e", "seed", "host"];

const rolling = (maxUnavailable: number) => ({
  ...{ labels: { "serf.project": "serf", "serf.stack": "test" }, maxUnavailable, timeout: 9 },
  seed: { name: "seed", address: "10.9.0.2" },
});

function begin(maxUnavailable: number, members: ChangedMembers, cluster: FakeCluster) {
  const change = new RollingChange(rolling(maxUnavailable), members);
  cluster.play(change, members);
  return change;
}

beforeEach(() => {
  vi.spyOn(pulumi.log, "info").mockResolvedValue(undefined);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.mocked(watch).mockReset();
});

describe("a rolling change", () => {
  test("does not look at the cluster when no member is replaced", async () => {
    const members = { fresh: ["a"], replaced: [[]] };
    await begin(1, members, new FakeCluster(names, { absent: ["a"] })).run();
    expect(watch).not.toHaveBeenCalled();
  });

  test.each([1, 2, 3])("never takes down more than %d at once", async (most) => {
    const cluster = new FakeCluster(names);
    const members = { fresh: [], replaced: [["a", "b", "c", "d", "e", "seed"], ["host"]] };
    await begin(most, members, cluster).run();
    expect(cluster.mostDown).toBe(most);
    expect(cluster.taken).toEqual(["a", "b", "c", "d", "e", "seed", "host"]);
  });

  test("counts those that are down and are not replaced", async () => {
    const cluster = new FakeCluster(names, { broken: ["host"] });
    await begin(2, { fresh: [], replaced: [["a", "b"]] }, cluster).run();
    expect(cluster.mostDown).toBe(2);
    expect(cluster.taken).toEqual(["a", "b"]);
  });

  test("starts with members that are down anyway", async () => {
    const cluster = new FakeCluster(names, { broken: ["c"] });
    await begin(1, { fresh: [], replaced: [["a", "b", "c"]] }, cluster).run();
    expect(cluster.taken).toEqual(["c", "a", "b"]);
    expect(cluster.mostDown).toBe(1);
  });

  test("creates new members first, without waiting", async () => {
    const cluster = new FakeCluster(names, { absent: ["d"] });
    const members = { fresh: ["d"], replaced: [["a"]] };
    const change = new RollingChange(rolling(1), members);
    expect([change.waits("d"), change.waits("a")]).toEqual([false, true]);
    expect(change.turnOf("d")).toBeUndefined();
    cluster.play(change, members);
    await change.run();
    expect(cluster.taken).toEqual(["a"]);
  });

  test("creates new members even while a member is down that is replaced later", async () => {
    const cluster = new FakeCluster(names, { absent: ["d"], broken: ["c"] });
    await begin(1, { fresh: ["d"], replaced: [["a", "c"]] }, cluster).run();
    expect(cluster.taken).toEqual(["c", "a"]);
  });

  test("touches no other member when a new one does not come up", async () => {
    const cluster = new FakeCluster(names, { absent: ["d"], fates: { d: "never answers" } });
    const change = begin(1, { fresh: ["d"], replaced: [["a"]] }, cluster);
    await expect(change.run()).rejects.toThrow(
      /0 of 1 member was replaced, .*\nd did not come up/s,
    );
    expect(cluster.taken).toEqual([]);
  });

  test("stops at a member that does not come up, and shows its log", async () => {
    const cluster = new FakeCluster(names, { fates: { b: "ends again and again" } });
    const change = begin(1, { fresh: [], replaced: [["a", "b", "c"], ["host"]] }, cluster);
    const failure = change.run();
    await expect(failure).rejects.toThrow(pulumi.RunError);
    await expect(failure).rejects.toThrow(
      /^The change has stopped: 1 of 4 members were replaced, .*\nb did not come up: its container is not running\.\nIts log ends:\n {2}log of b$/s,
    );
    expect(cluster.taken).toEqual(["a", "b"]);
  });

  test("stops when another member goes down meanwhile", async () => {
    const cluster = new FakeCluster(names);
    const change = begin(1, { fresh: [], replaced: [["a", "b"]] }, cluster);
    const look = vi.mocked(watch).getMockImplementation()!;
    vi.mocked(watch).mockImplementation((rolling, also, decide) =>
      look(rolling, also, ({ present, looks }) => {
        const isLost = cluster.taken.includes("a");
        const seen = present.map((one) =>
          one.name === "e" && isLost ? { ...one, isRunning: false } : one,
        );
        return decide({ present: seen, looks });
      }),
    );
    await expect(change.run()).rejects.toThrow(
      /^e went down in the meantime\.\nThe change has stopped: 0 of 2/,
    );
    expect(cluster.taken).toEqual(["a"]);
  });

  test("does not start when other members stay down for too long", async () => {
    const cluster = new FakeCluster(names, { broken: ["d"] });
    const change = begin(1, { fresh: [], replaced: [["a", "b"]] }, cluster);
    await expect(change.run()).rejects.toThrow(
      /^a, b were not replaced: d has been down for 9 s, and maxUnavailable is 1\./,
    );
    expect(cluster.taken).toEqual([]);
  });

  test("starts a stage only after the previous one is done", async () => {
    const cluster = new FakeCluster(names);
    await begin(9, { fresh: [], replaced: [["a", "seed"], ["host"]] }, cluster).run();
    expect(cluster.mostDown).toBe(2);
    expect(cluster.taken).toEqual(["a", "seed", "host"]);
  });
});
