import * as pulumi from "@pulumi/pulumi";

/**
 * Prevents a stack from being destroyed if its options protect it. It must depend on everything else, so that a
 * destroy begins with it and fails before anything is deleted. It is a resource of its own because a protected
 * resource cannot be replaced, which any other resource may have to be.
 */
export class Protection extends pulumi.ComponentResource {
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("serf:cluster:Protection", name, {}, opts);
    this.registerOutputs({});
  }
}
