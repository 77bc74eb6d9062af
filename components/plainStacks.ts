// Pulumi's SDK takes a stack trace of each promise. It has registered source-map-support, which
// translates every frame by source maps, and has loaded TypeScript, which makes traces ten times as
// long: four tenths of the time of a preview of 100 joiners. Node.js runs this program as it is
// written, so there is nothing to translate, and its own default length will do.
Reflect.deleteProperty(Error, "prepareStackTrace");
Error.stackTraceLimit = 10;
