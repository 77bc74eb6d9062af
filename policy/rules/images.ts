/** Images whose content cannot change under their name. */
import {
  commandType,
  containerSpecIn,
  containerType,
  found,
  imageType,
  jsonIn,
  type Placed,
  serviceType,
  type StackRule,
  unknownValue,
} from "./rule.ts";

/** An image's ID, or a name that ends with a digest. */
const pinned = /(^|@)sha256:[0-9a-f]{64}$/;

/** A name with the digest that a registry knows, so that all nodes of a Swarm pull the same. */
const pulled = /^[^@]+@sha256:[0-9a-f]{64}$/;

const tagType = "docker:index/tag:Tag";

const registryImageType = "docker:index/registryImage:RegistryImage";

export const images: StackRule = {
  name: "pinned-images",
  description:
    "An image is named by its digest or ID, or the stack builds it. That of a service is named by its digest.",
  check: (resources) => {
    const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    const built = resources.filter(
      (resource) => resource.type === imageType && isBuilt(resource, byUrn),
    );
    const names = namesOf(built, resources);
    const faults = resources.flatMap(({ type, urn, inputs, sources }) => {
      const input = { [containerType]: "image", [imageType]: "name" }[type];
      if (input === undefined) return [];
      const image = inputs[input];
      const isFromBuild = (sources[input] ?? []).some((source) =>
        built.some((one) => one.urn === source),
      );
      if (image === unknownValue && isFromBuild) return [];
      if (names.has(image) || (typeof image === "string" && pinned.test(image))) return [];
      const allowed = "a name with a digest, an image ID, or an image that this stack builds";
      return [{ urn, message: found(input, image, allowed) }];
    });
    return [...faults, ...serviceFaults(resources)];
  },
};

/** The names of images that the stack builds, with those under which it pushes them for other engines. */
function namesOf(built: readonly Placed[], resources: readonly Placed[]): ReadonlySet<unknown> {
  const names = new Set(built.map(({ inputs }) => inputs["name"]));
  const urns = new Set(built.map(({ urn }) => urn));
  const given = resources.filter(
    ({ type, inputs, sources }) =>
      type === tagType &&
      (names.has(inputs["sourceImage"]) ||
        (sources["sourceImage"] ?? []).some((source) => urns.has(source))),
  );
  return new Set([...names, ...given.map(({ inputs }) => inputs["targetImage"])]);
}

function serviceFaults(resources: readonly Placed[]) {
  const pushed = new Set(
    resources.filter(({ type }) => type === registryImageType).map(({ urn }) => urn),
  );
  return resources.flatMap(({ type, urn, inputs, sources }) => {
    if (type !== serviceType) return [];
    const { image } = containerSpecIn(inputs);
    // The registry gives the digest to an image when it is pushed.
    const isPushed = sources["taskSpec"]?.some((source) => pushed.has(source)) ?? false;
    const isPulled = typeof image === "string" && pulled.test(image);
    if (isPulled || (image === unknownValue && isPushed)) return [];
    const allowed = "a name in a registry with its digest";
    return [{ urn, message: found("taskSpec.containerSpec.image", image, allowed) }];
  });
}

/** Whether the provider builds the image, or a command that is run before. */
function isBuilt({ inputs, dependencies }: Placed, byUrn: ReadonlyMap<string, Placed>): boolean {
  if (inputs["build"] !== undefined) return true;
  return dependencies.some((urn) => {
    const command = byUrn.get(urn);
    if (command?.type !== commandType) return false;
    const { image, context } = jsonIn(command.inputs["stdin"]);
    return image === inputs["name"] && typeof context === "string";
  });
}
