// Loaded before a program, so that compiled code, mostly TypeScript, is reused by the next run. bench/README.md has
// the figures.
import { enableCompileCache } from "node:module";
import { join } from "node:path";

// Not Node.js's default cache, which is in a folder that all users of the host can write to: a user who can write
// compiled code decides what is executed.
enableCompileCache(join(import.meta.dirname, "..", "..", "node_modules", ".cache", "serf"));
