// Runs in the program's process before Pulumi's SDK is loaded; Pulumi.yaml names it. It changes nothing
// of what the program declares, only how soon it does: bench/README.md has the figures.
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import "../programs/compileCache.mjs";

/**
 * What the SDK loads in every program and needs in few: a compiler and a dependency solver, for programs that
 * send functions of their own to a provider, and its part for programs that run Pulumi. It is loaded at the
 * first look into it.
 */
const lazy = new Set(["typescript", "@npmcli/arborist", "./automation"]);

/**
 * The same for packages of which the SDK takes functions and classes out at once: what reads the package of
 * such a function, and what sends traces to a collector. They are loaded at the first call.
 */
const lazyFunctions = new Set([
  "normalize-package-data",
  "@opentelemetry/exporter-zipkin",
  "@opentelemetry/instrumentation",
  "@opentelemetry/instrumentation-grpc",
  "@opentelemetry/resources",
  "@opentelemetry/sdk-trace-base",
  "@opentelemetry/sdk-trace-node",
]);

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
    if (!isSdk) return next(specifier, context);
    const stand = standInOf(specifier);
    if (stand === undefined) return next(specifier, context);
    const url = new URL(`stand-in/${specifier}.cjs`, import.meta.url).href;
    standIns.set(
      url,
      stand(() => fileURLToPath(next(specifier, context).url)),
    );
    return { url, format: "commonjs", shortCircuit: true };
  },
  load(url, context, next) {
    const source = standIns.get(url);
    if (source === undefined) return next(url, context);
    return { format: "commonjs", source, shortCircuit: true };
  },
});

/**
 * How the source of a package's stand-in is made from the package's path; undefined where it has none.
 *
 * @param {string} specifier
 * @returns {((path: () => string) => string) | undefined}
 */
function standInOf(specifier) {
  if (specifier === unwanted) return () => "";
  if (lazy.has(specifier)) return (path) => lazyModule(path());
  if (lazyFunctions.has(specifier)) return (path) => lazyFunction(path());
  return undefined;
}

/** @param {string} path */
function lazyModule(path) {
  // Claims to be an ES module, or whoever imports it would look at its contents at once.
  const get = `(_, key) => key === "__esModule" || require(${JSON.stringify(path)})[key]`;
  return `module.exports = new Proxy({}, { get: ${get} });`;
}

/** @param {string} path */
function lazyFunction(path) {
  return `
    const standIn = (value) => new Proxy(function () {}, {
      apply: (_, self, args) => Reflect.apply(value(), self, args),
      construct: (_, args) => Reflect.construct(value(), args),
      get: (_, key) => (key === "__esModule" ? undefined : standIn(() => value()[key])),
    });
    module.exports = standIn(() => require(${JSON.stringify(path)}));`;
}
