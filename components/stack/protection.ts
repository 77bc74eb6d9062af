import * as pulumi from "@pulumi/pulumi";

/**
 * Keeps a stack from being destroyed while its options protect it. It must depend on everything else: Pulumi
 * then begins a destroy with it and ends there. It stands by itself, because what is protected cannot be
 * replaced either, and anything else may have to be.
 */
export class Protection extends pulumi.ComponentResource {
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("serf:cluster:Protection", name, {}, opts);
    this.registerOutputs({});
  }
}
