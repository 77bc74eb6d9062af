import { optionalText } from "../kinds.ts";
import { allowedTtls, ttlSeconds } from "../ttl.ts";
import { leaseOnly } from "./changes.ts";

/** The settings that say who has a stack, and for how long. */
export const leaseSettings = {
  owner: optionalText({
    description: "Who has the stack, in the list of `npm run stacks`",
    meaning: "who brought it up first",
    allowed: "at most 64 letters, digits, spaces and characters of . _ @ + -",
    parse: (received) =>
      /^[\p{L}\p{N}][\p{L}\p{N} ._@+-]{0,63}$/u.test(received) ? received : undefined,
    change: leaseOnly,
  }),
  ttl: optionalText({
    description:
      "The time since its creation after which `npm run stacks -- --prune` takes the stack down",
    meaning: "never",
    allowed: allowedTtls,
    parse: (received) => (ttlSeconds(received) === undefined ? undefined : received),
    change: leaseOnly,
  }),
};
