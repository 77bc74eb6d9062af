// Loaded before a program: what was compiled once, TypeScript first of all, is not compiled again by the next
// run. bench/README.md has the figures.
import { enableCompileCache } from "node:module";

enableCompileCache();
