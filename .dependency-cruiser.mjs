/**
 * Which folder may import which: `index → components → lib`, `programs → lib`, `cli → setup, lib`, and no
 * circle between files or folders. docs/contributing.md has the map.
 */
const rooms = "^(components|programs|lib|cli|setup|bench)/";

/**
 * A rule that files of a room import those of some rooms only.
 *
 * @param {string} from
 * @param {readonly string[]} allowed
 */
const only = (from, allowed) => ({
  name: `${from} imports ${allowed.join(", ")} only`,
  severity: "error",
  from: { path: `^${from}/` },
  to: {
    path: "^[^/]+\\.ts$|^(components|programs|lib|cli|setup|bench|test)/",
    pathNot: `^(${allowed.join("|")})/`,
  },
});

export default {
  forbidden: [
    {
      name: "no circle of files",
      severity: "error",
      from: { path: rooms },
      to: { circular: true },
    },
    {
      name: "no circle of folders",
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
    {
      name: "index.ts imports components, lib only",
      severity: "error",
      from: { path: "^index\\.ts$" },
      to: { path: "^(programs|cli|setup|bench|test)/" },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "^(node_modules|test)/" },
    exclude: { path: "^(node_modules|\\.serf)/" },
  },
};
