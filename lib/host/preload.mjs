// Runs in the program's process before Pulumi's SDK is loaded; Pulumi.yaml names it. It changes nothing
// of what the program declares, only how soon it does, for which bench/README.md has the figures, and that
// it ends when nobody reads what it says.
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import "./compileCache.mjs";
import { withLoopback } from "./proxies.mjs";

// The SDK speaks gRPC with Pulumi on loopback, and its gRPC would do so through a proxy, where one is named.
const { no_grpc_proxy, no_proxy } = process.env;
process.env["no_grpc_proxy"] = withLoopback(no_grpc_proxy || no_proxy);

// When Pulumi was killed, as by the end of `head` in `pulumi preview | head`, the SDK tells that it cannot
// write, which it cannot write either: it goes on with that until the memory is full.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => process.exit(1));

/**
 * What the SDK loads in every program and needs in few: a compiler and a dependency solver, for programs that
 * send functions of their own to a provider, and its part for programs that run Pulumi. It is loaded at the
 * first look into it.
 */
const lazy = ["typescript", "@npmcli/arborist", "./automation"];

/**
 * The same for packages of which the SDK takes functions and classes out at once: what reads the package of
 * such a function, and what sends traces to a collector. They are loaded at the first call.
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
 * Translates every stack trace by source maps, and the SDK takes one of each promise. Node.js runs
 * this program as it is written, so there is nothing to translate.
 */
const unwanted = "source-map-support/register";

/**
 * How the source of a package's stand-in is made from the package's path, by the package's name.
 *
 * @type {Map<string, (path: string) => string>}
 */
const makers = new Map([
  [unwanted, () => ""],
  ...lazy.map((name) => /** @type {const} */ ([name, lazyModule])),
  ...lazyFunctions.map((name) => /** @type {const} */ ([name, lazyFunction])),
]);

/**
 * The sources of the modules that stand in for these packages, by URL.
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
