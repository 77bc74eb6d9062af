import { PolicyPack } from "@pulumi/policy";
import { policiesOf } from "./pack/policies.ts";
import { resourceRules, stackRules } from "./rules/all.ts";

/** Every rule is mandatory unless a stack's settings in `config` say otherwise. */
new PolicyPack("serf", {
  enforcementLevel: "mandatory",
  policies: policiesOf(resourceRules, stackRules),
});
