/** Versions that must match, but are in more than one file. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { goToolchain, oldestGo, versions } from "../../setup/tools/versions.ts";

const read = (file: string) => readFileSync(file, "utf8");

const { dependencies } = JSON.parse(read("package.json")) as {
  readonly dependencies: Readonly<Record<string, string>>;
};

/** How many minor versions Pulumi's command line and SDK may differ; docs/contributing.md says why. */
const mostMinorsApart = 0;

/** @param index 0 for the major version, 1 for the minor. */
const partOf = (version: string, index: number) => Number(version.split(".")[index]);

/** The version of a module in a go.mod. */
function versionIn(goMod: string, module: string): string | undefined {
  const lines = goMod.split("\n").map((line) => line.trim().split(/\s+/));
  return lines.find(([name]) => name === module)?.[1];
}

describe("Pulumi's command line", () => {
  const sdk = dependencies["@pulumi/pulumi"]!;

  test("has the SDK's major and minor version", () => {
    const both = `command line ${versions.pulumi}, SDK ${sdk}`;
    expect(partOf(versions.pulumi, 0), both).toBe(partOf(sdk, 0));
    const apart = Math.abs(partOf(versions.pulumi, 1) - partOf(sdk, 1));
    expect(apart, both).toBeLessThanOrEqual(mostMinorsApart);
  });

  test.each(["pkg", "sdk"])("is the version of the build route's module %s", (part) => {
    const goMod = read("setup/go/go.mod");
    const module = `github.com/pulumi/pulumi/${part}/v3`;
    expect(versionIn(goMod, module)).toBe(`v${versions.pulumi}`);
  });
});

describe("plugins", () => {
  test("have the versions of the SDKs that the program imports", () => {
    const sdks = Object.entries(dependencies).flatMap(([name, version]) => {
      const [, plugin] = /^@pulumi\/(.*)$/.exec(name) ?? [];
      const isPlugin = plugin !== undefined && !["pulumi", "policy"].includes(plugin);
      return isPlugin ? [[plugin, version] as const] : [];
    });
    expect(versions.plugins).toEqual(Object.fromEntries(sdks));
  });
});

describe("Go", () => {
  test("is new enough for the build route's module", () => {
    const [, wanted] = /^go (\S+)$/m.exec(read("setup/go/go.mod")) ?? [];
    expect(wanted).toBe(oldestGo);
  });
});

interface CustomManager {
  readonly managerFilePatterns: readonly string[];
  readonly matchStrings: readonly string[];
  readonly matchStringsStrategy?: string;
}

/** The versions that the update bot finds: `currentValue` of the last pattern, within the other patterns' matches. */
function foundBy({ matchStrings }: CustomManager, text: string): string[] {
  const [last = "", ...outer] = matchStrings.toReversed();
  const texts = outer
    .toReversed()
    .reduce(
      (parts, pattern) => parts.flatMap((part) => part.match(new RegExp(pattern, "g")) ?? []),
      [text],
    );
  return texts.flatMap((part) =>
    [...part.matchAll(new RegExp(last, "g"))].map(({ groups }) => groups!["currentValue"]!),
  );
}

describe("the update bot", () => {
  const { customManagers } = JSON.parse(read("renovate.json")) as {
    readonly customManagers: readonly CustomManager[];
  };
  const found = (file: string) =>
    customManagers
      .filter(({ managerFilePatterns }) =>
        managerFilePatterns.some((pattern) => new RegExp(pattern.slice(1, -1)).test(file)),
      )
      .flatMap((manager) => foundBy(manager, read(file)));

  test("finds the versions that setup provides", () => {
    const { pulumi, plugins } = versions;
    const expected = [pulumi, plugins.docker, plugins.command, goToolchain.version];
    expect(found("setup/tools/versions.ts")).toEqual(expected);
  });

  test("finds the base images", () => {
    const tags = [...read("docker/Dockerfile").matchAll(/^ARG \w+_IMAGE=[^:]+:([^@]+)@/gm)];
    expect(tags).toHaveLength(2);
    expect(found("docker/Dockerfile")).toEqual(tags.map(([, tag]) => tag));
  });
});

test("a release tag of this commit has the version of package.json", () => {
  const { version } = JSON.parse(read("package.json")) as { readonly version: string };
  const tags = execFileSync("git", ["tag", "--points-at", "HEAD"], { encoding: "utf8" });
  const releases = tags.split("\n").filter((tag) => /^v\d/.test(tag));
  for (const tag of releases) expect(tag).toBe(`v${version}`);
});
