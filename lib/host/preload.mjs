// Runs in the program's process before Pulumi's SDK is loaded; Pulumi.yaml names it. It makes the program start
// faster, for which bench/README.md has the figures, and exit if nobody reads its output. It does not change what
// the program declares.
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import "./compileCache.mjs";
import { withLoopback } from "./proxies.mjs";

// The SDK uses gRPC on loopback, which would go through a proxy if the environment names one.
const { no_grpc_proxy, no_proxy } = process.env;
process.env["no_grpc_proxy"] = withLoopback(no_grpc_proxy || no_proxy);

// If Pulumi was killed, for example by `pulumi preview | head`, the SDK reports that it cannot write, which fails
// as well, and so on until the memory is full.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => process.exit(1));

/**
 * Modules that the SDK always loads but few programs need: a compiler and a dependency solver, for programs that
 * send functions to a provider, and the automation API. They are loaded when one of their properties is first read.
 */
const lazy = ["typescript", "@npmcli/arborist", "./automation"];

/**
 * Packages from which the SDK reads functions and classes as soon as it loads them: a reader of package files and
 * the exporters of traces. They are loaded at the first call.
 */
const lazyFunctions = [
  "normalize-package-data",
  "@opentelemetry/exporter-zipkin",
  "@opentelemetry/instrumentation",
  "@opentelemetry/instrumentation-grpc",
  "@opentelemetry/resources",
  "@opentelemetry/sdk-trace-base",
  "@opentelemetry/sdk-trace-node",
];

/**
 * Translates stack traces with source maps, and the SDK captures a stack trace for each promise. Node.js runs this
 * program's source directly, so there is nothing to translate.
 */
const skipped = "source-map-support/register";

/**
 * By package name, a function that returns the source of the package's stand-in, given the package's path.
 *
 * @type {Map<string, (path: string) => string>}
 */
const makers = new Map([
  [skipped, () => ""],
  ...lazy.map((name) => /** @type {const} */ ([name, lazyModule])),
  ...lazyFunctions.map((name) => /** @type {const} */ ([name, lazyFunction])),
]);

/**
 * The sources of the stand-in modules, by URL.
 *
 * @type {Map<string, string>}
 */
const standIns = new Map();

registerHooks({
  resolve(specifier, context, next) {
    const isSdk = context.parentURL?.includes("/node_modules/@pulumi/pulumi/") ?? false;
    const make = isSdk ? makers.get(specifier) : undefined;
    if (make === undefined) return next(specifier, context);
    const url = new URL(`stand-in/${specifier}.cjs`, import.meta.url).href;
    standIns.set(url, make(fileURLToPath(next(specifier, context).url)));
    return { url, format: "commonjs", shortCircuit: true };
  },
  load(url, context, next) {
    const source = standIns.get(url);
    if (source === undefined) return next(url, context);
    return { format: "commonjs", source, shortCircuit: true };
  },
});

/** @param {string} path */
function lazyModule(path) {
  // Claims to be an ES module; otherwise the importer would read its properties at once.
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
