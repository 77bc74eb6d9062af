/**
 * Which folder may import which: `index → components → lib`, `programs → lib`, `cli → setup, lib`, `github → lib`.
 * Import cycles between files or folders are forbidden. docs/contributing.md has an overview.
 */
const folders = "^(components|programs|lib|cli|setup|bench|github)/";

/**
 * A rule that files in one folder may import only files in the allowed folders.
 *
 * @param {string} from
 * @param {readonly string[]} allowed
 */
const only = (from, allowed) => ({
  name: `${from} imports ${allowed.join(", ")} only`,
  severity: "error",
  from: { path: `^${from}/` },
  to: {
    path: "^[^/]+\\.ts$|^(components|programs|lib|cli|setup|bench|github|test)/",
    pathNot: `^(${allowed.join("|")})/`,
  },
});

export default {
  forbidden: [
    {
      name: "no import cycles between files",
      severity: "error",
      from: { path: folders },
      to: { circular: true },
    },
    {
      name: "no import cycles between folders",
      scope: "folder",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    only("components", ["components", "lib"]),
    only("programs", ["lib"]),
    only("lib", ["lib"]),
    only("cli", ["cli", "lib", "setup"]),
    only("setup", ["setup", "lib/engine", "lib/host"]),
    only("bench", ["bench", "lib", "setup"]),
    only("github", ["github", "lib"]),
    {
      name: "index.ts imports components, lib only",
      severity: "error",
      from: { path: "^index\\.ts$" },
      to: { path: "^(programs|cli|setup|bench|github|test)/" },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "^(node_modules|test)/" },
    exclude: { path: "^(node_modules|\\.serf)/" },
  },
};
