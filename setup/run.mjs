// Runs a program of this project: `node setup/run.mjs PROGRAM ARGS…`.
//
// With what it imports, this file must run on any Node.js from version 18, before packages are installed.
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { foreground } from "../lib/host/foreground.mjs";
import { withLock } from "../lib/host/lock.mjs";
import { proxyEnvironment } from "../lib/host/proxies.mjs";
import { mayInstall } from "./mayInstall.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const packaged = join(modules, `node-${process.platform}-${process.arch}`, "bin", "node");

// No package needs its install script: the one of @pulumi/command only downloads a plugin. The other options
// override settings in NODE_ENV, an .npmrc or npm's variables that would leave packages out.
const installation = [
  ...["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
  ...["--include=dev", "--include=optional", "--include=peer", "--no-dry-run", "--no-global"],
];

/** Whether this Node.js runs TypeScript without a flag. */
function runsTypeScript() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);
}

/**
 * Whether the packages of the lock file are installed, by this program or by the user. npm writes its list of
 * installed packages last, so it is complete.
 */
function isInstalled() {
  try {
    const wanted = packagesIn("package-lock.json");
    const found = packagesIn(join("node_modules", ".package-lock.json"));
    const isThere = Object.entries(wanted).every(
      ([path, { version, optional }]) =>
        path === "" || optional || (found[path] !== undefined && found[path].version === version),
    );
    return isThere && (runsTypeScript() || existsSync(packaged));
  } catch {
    return false;
  }
}

/** @typedef {Record<string, { version?: string, optional?: boolean }>} Packages */

/**
 * @param {string} lockFile
 * @returns {Packages}
 */
function packagesIn(lockFile) {
  /** @type {unknown} */
  const lock = JSON.parse(readFileSync(join(root, lockFile), "utf8"));
  return /** @type {{ packages: Packages }} */ (lock).packages;
}

async function install() {
  if (!mayInstall()) {
    console.error(
      "error: The Node.js packages of package-lock.json are not installed, and SERF_INSTALL is no. Install them " +
        "with `npm ci --ignore-scripts`.",
    );
    process.exit(1);
  }
  const start = Date.now();
  console.error("setup: installing the Node.js packages of package-lock.json");
  const npm = process.env["npm_execpath"];
  const [file, ...before] = npm ? [process.execPath, npm] : ["npm"];
  // On standard error: another program may read the command's standard output.
  /** @type {import("node:child_process").StdioOptions} */
  const stdio = ["inherit", 2, 2];
  const code = await foreground(file, [...before, ...installation], { cwd: root, stdio });
  if (code !== 0) {
    console.error("setup: `npm ci` failed; see its output above. Run the command again to retry.");
    process.exit(code);
  }
  console.error(`setup: packages installed in ${Math.round((Date.now() - start) / 1000)} s`);
}

/** A Node.js that runs TypeScript: this one, or the one that was installed as a package. */
function chooseNode() {
  if (runsTypeScript()) return process.execPath;
  if (existsSync(packaged)) return packaged;
  console.error(
    `setup: this is Node.js ${process.version}, and 22.18 or newer is needed: https://nodejs.org/en/download`,
  );
  process.exit(1);
}

/**
 * @param {NodeJS.ErrnoException} error
 * @returns {never}
 */
function refuse({ message, code }) {
  console.error(`setup: ${message}`);
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    console.error(
      "setup: this user needs write access to the project's folder, and to .serf and node_modules in it. " +
        "If another user owns them, run the command as that user, or use chown.",
    );
  }
  process.exit(1);
}

if (!isInstalled()) {
  await withLock(join(root, ".serf", "packages.lock"), async () => {
    if (!isInstalled()) await install();
  }).catch(refuse);
}
const node = chooseNode();
// The program's children, above all Pulumi, must find the same Node.js.
const PATH = [dirname(node), process.env["PATH"]].join(delimiter);
process.exitCode = await foreground(node, process.argv.slice(2), {
  env: { ...process.env, ...proxyEnvironment(process.env), PATH },
});
