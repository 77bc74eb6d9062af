// The SDK compiles TypeScript that it loads itself, with a compiler that is too old for this project's. What this
// file imports is run by Node.js as it is.
import "./index.ts";
