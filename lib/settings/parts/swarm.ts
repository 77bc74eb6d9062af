import { allowedRepositories, isRepository } from "../../cluster/registry.ts";
import { flag, oneOf, optionalText } from "../kinds.ts";
import { nothing } from "./changes.ts";

/** The settings of a stack whose members are services of a Swarm. */
export const swarmSettings = {
  swarm: oneOf(["off", "services"], {
    description:
      "Whether the members are services of the engine's Swarm, which runs them on all its nodes",
    change: "the stack moves to a Swarm, or back: destroy it first",
  }),
  registry: optionalText({
    description:
      "The repository to which the image is pushed, and from which a Swarm's nodes pull it",
    meaning: "none, which a Swarm needs",
    allowed: allowedRepositories,
    parse: (received) => (isRepository(received) ? received : undefined),
    change: "all tasks are replaced",
  }),
  registryUser: optionalText({
    description: "The user at the registry",
    meaning: "no login",
    allowed: "a name",
    parse: (received) => received,
    change: nothing,
  }),
  registryPassword: optionalText({
    description: "The user's password at the registry, a secret",
    meaning: "no login",
    allowed: "a text",
    parse: (received) => received,
    change: nothing,
  }),
  registryInsecure: flag(false, {
    description: "Whether the registry has no TLS",
    change: nothing,
  }),
};
