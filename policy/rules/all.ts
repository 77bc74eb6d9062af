/** All rules, in the order of the documents. */
import { encryption } from "./encryption.ts";
import { hardening } from "./hardening.ts";
import { images } from "./images.ts";
import { labels } from "./labels.ts";
import { mounts } from "./mounts.ts";
import { namespaces, ports } from "./networks.ts";
import { protection } from "./protection.ts";
import type { ResourceRule, StackRule } from "./rule.ts";
import { derivedSecrets, plainSecrets } from "./secrets.ts";
import { memberLimit, neighbourTable } from "./size.ts";

export const resourceRules: readonly ResourceRule[] = [
  ...hardening,
  ...[mounts, ports, namespaces, plainSecrets, labels],
];

export const stackRules: readonly StackRule[] = [
  ...[images, derivedSecrets, encryption, memberLimit, neighbourTable, protection],
];
