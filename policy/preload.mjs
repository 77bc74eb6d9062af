// Runs in the policy pack's process before Pulumi's SDK is loaded; PulumiPolicy.yaml names it. The SDK loads a
// TypeScript compiler for every policy pack, although Node.js runs this one as it is.
import { registerHooks } from "node:module";
import "../lib/host/preload.mjs";

const compiler = new URL("stand-in/compiler.cjs", import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    const isSdk = context.parentURL?.includes("/node_modules/@pulumi/pulumi/") ?? false;
    const isCompiler = /(^|\/)(typescript|ts-node)(@[\d.]+)?$/.test(specifier);
    if (!isSdk || !isCompiler) return next(specifier, context);
    return { url: compiler, format: "commonjs", shortCircuit: true };
  },
  load(url, context, next) {
    if (url !== compiler) return next(url, context);
    const source = "exports.version = null; exports.register = () => {};";
    return { format: "commonjs", source, shortCircuit: true };
  },
});
