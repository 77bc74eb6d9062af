// Loaded before a program: what was compiled once, TypeScript first of all, is not compiled again by the next
// run. bench/README.md has the figures.
import { enableCompileCache } from "node:module";
import { join } from "node:path";

// Not Node.js's own folder for it, which is in one that all users of the host may write to: who can write what
// was compiled decides what is run.
enableCompileCache(join(import.meta.dirname, "..", "..", "node_modules", ".cache", "serf"));
