import { describe, expect, test } from "vitest";
import { SerfImage } from "../../../../components/image/serfImage.ts";
import { labels } from "../../support/cluster.ts";
import { declare, ofType, types } from "../../support/mocks.ts";

describe.each([false, true])("in a preview: %s", (preview) => {
  test("SerfImage's tag is a hash of the build context, with paths relative to the project", async () => {
    const args = {
      prefix: "serf-test",
      labels,
      standIns: { builderImage: undefined, runtimeImage: "own/base:1" },
      builder: "provider" as const,
      generationOf: (name: string) => `of ${name}`,
    };
    const images = async (builderImage: string | undefined) => {
      const { declared, returned } = await declare(
        () => {
          const choice = { serfVersion: "0.11.0", builderImage, runtimeImage: undefined };
          return new SerfImage("image", { ...args, choice }).ref;
        },
        { preview },
      );
      return { image: ofType(declared, types.image)["image"]!, returned };
    };
    const { image, returned } = await images(undefined);
    expect(image.inputs["name"]).toMatch(/^serf-test:[0-9a-f]{12}$/);
    expect(returned).toBe(image.inputs["name"]);
    expect(image.inputs["build"]).toMatchObject({
      context: "docker",
      label: { ...labels, "serf.generation": `of ${String(returned)}` },
      buildArgs: {
        SERF_VERSION: "0.11.0",
        SERF_SUM: expect.stringMatching(/^h1:/) as string,
        RUNTIME_IMAGE: "own/base:1",
      },
    });
    // The image is removed by a command, not by the provider; see programs/imageRemoval.ts.
    expect(image.inputs["keepLocally"]).toBe(true);
    const other = await images("registry.example/go:1");
    expect(other.image.inputs["name"]).not.toBe(image.inputs["name"]);
  });
});
