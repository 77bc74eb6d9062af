import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { labelList, type Labels } from "../../lib/cluster/labels.ts";
import { leaseLabels, type LeaseTerms } from "../../lib/cluster/lease.ts";

export interface SwarmLeaseArgs extends LeaseTerms {
  readonly labels: Labels;
}

/**
 * Says in the Swarm who has the stack and for how long. It is a configuration that no service uses, since every manager
 * has those: a volume would stay on the former manager when the stack goes on through another.
 */
export class SwarmLease extends pulumi.ComponentResource {
  constructor(name: string, args: SwarmLeaseArgs, opts?: pulumi.ComponentResourceOptions) {
    const { labels, ...terms } = args;
    super("serf:swarm:Lease", name, terms, opts);

    new docker.ServiceConfig(
      name,
      {
        // Swarm refuses an empty one.
        data: Buffer.from(terms.owner).toString("base64"),
        labels: labelList(leaseLabels(labels, terms)),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
