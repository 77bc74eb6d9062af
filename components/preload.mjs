// Runs in the program's process before Pulumi's SDK is loaded; Pulumi.yaml names it. It changes nothing
// of what the program declares, only how soon it does: bench/README.md has the figures.
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import "../programs/compileCache.mjs";

/**
 * Packages that the SDK loads in every program and needs in few: a compiler and a dependency solver,
 * for programs that send functions of their own to a provider. They are loaded at their first use.
 */
const lazy = new Set(["typescript", "@npmcli/arborist"]);

/**
 * Translates every stack trace by source maps, and the SDK takes one of each promise. Node.js runs
 * this program as it is written, so there is nothing to translate.
 */
const unwanted = "source-map-support/register";

/**
 * The sources of the modules that stand in for these packages, by URL.
 *
 * @type {Map<string, string>}
 */
const standIns = new Map();

registerHooks({
  resolve(specifier, context, next) {
    const isSdk = context.parentURL?.includes("/node_modules/@pulumi/pulumi/") ?? false;
    if (!isSdk || (!lazy.has(specifier) && specifier !== unwanted)) return next(specifier, context);
    const url = new URL(`stand-in/${specifier}.cjs`, import.meta.url).href;
    standIns.set(url, lazy.has(specifier) ? lazyModule(next(specifier, context).url) : "");
    return { url, format: "commonjs", shortCircuit: true };
  },
  load(url, context, next) {
    const source = standIns.get(url);
    if (source === undefined) return next(url, context);
    return { format: "commonjs", source, shortCircuit: true };
  },
});

/** @param {string} url */
function lazyModule(url) {
  const path = JSON.stringify(fileURLToPath(url));
  // Claims to be an ES module, or whoever imports it would look at its contents at once.
  const get = `(_, key) => key === "__esModule" || require(${path})[key]`;
  return `module.exports = new Proxy({}, { get: ${get} });`;
}
