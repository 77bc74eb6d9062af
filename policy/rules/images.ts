/** Images whose content cannot change under their name. */
import {
  commandType,
  containerType,
  found,
  imageType,
  jsonIn,
  type Placed,
  type StackRule,
  unknownValue,
} from "./rule.ts";

/** An image's ID, or a name that ends with a digest. */
const pinned = /(^|@)sha256:[0-9a-f]{64}$/;

export const images: StackRule = {
  name: "pinned-images",
  description: "An image is named by its digest or ID, or the stack builds it.",
  check: (resources) => {
    const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    const built = resources.filter(
      (resource) => resource.type === imageType && isBuilt(resource, byUrn),
    );
    const names = new Set(built.map(({ inputs }) => inputs["name"]));
    return resources.flatMap(({ type, urn, inputs, sources }) => {
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
  },
};

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
