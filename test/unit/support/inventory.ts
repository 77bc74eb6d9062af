import type { Inventory } from "../../../lib/engine/found.ts";

/** What an engine has of a stack that is not there. */
export const emptyInventory: Inventory = {
  containers: [],
  foreign: { containers: [], volumes: [], images: [] },
  networks: [],
  images: [],
  volumes: [],
};
