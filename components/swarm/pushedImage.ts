import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Labels } from "../../lib/cluster/labels.ts";
import type { ImageRemovalInput } from "../../lib/inputs/imageRemoval.ts";
import type { Registry } from "../../lib/cluster/registry.ts";
import { inRegistry } from "../../lib/cluster/registry.ts";
import type { SerfImage } from "../image/serfImage.ts";
import { runProgram } from "../stack/runProgram.ts";

export interface PushedImageArgs {
  readonly image: SerfImage;
  readonly registry: Registry;
  readonly labels: Labels;
}

/** An image in the registry from which the nodes of the Swarm pull it. It stays there when the stack is destroyed. */
export class PushedImage extends pulumi.ComponentResource {
  /** By its digest, so that all nodes run the same. */
  readonly reference: pulumi.Output<string>;

  constructor(name: string, args: PushedImageArgs, opts?: pulumi.ComponentResourceOptions) {
    const { image, registry, labels } = args;
    const target = inRegistry(registry, image.ref);
    super("serf:swarm:PushedImage", name, { target }, opts);

    // The provider leaves the name on this engine.
    const removed: ImageRemovalInput = { image: target, labels };
    const removal = runProgram(
      `${name}-removal`,
      { delete: "imageRemoval", input: removed, triggers: [target] },
      { parent: this },
    );
    const tag = new docker.Tag(
      name,
      { sourceImage: image.name, targetImage: target, tagTriggers: [image.id] },
      { parent: this, dependsOn: removal },
    );
    const { user: username = "", password = "", address } = registry;
    const pushed = new docker.RegistryImage(
      name,
      {
        name: tag.targetImage,
        keepRemotely: true,
        // Without it the provider asks its own configuration for the registry, and fails if there is none.
        authConfig: { address, username, password: pulumi.secret(password) },
        triggers: { image: image.id },
      },
      { parent: this },
    );
    this.reference = pulumi.interpolate`${registry.repository}@${pushed.sha256Digest}`;
    this.registerOutputs({ reference: this.reference });
  }
}
