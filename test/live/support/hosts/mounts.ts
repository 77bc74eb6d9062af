/**
 * The mounts of this machine's containers, out of a mount namespace's `/proc/self/mountinfo`: overlays and network
 * namespaces. A new mount namespace has copies, which keep them in use after this machine has unmounted them.
 */
export function containerMounts(mountinfo: string): string[] {
  return mountinfo
    .split("\n")
    .map((line) => line.split(" "))
    .filter((fields) => ["overlay", "nsfs"].includes(fields[fields.indexOf("-") + 1] ?? ""))
    .map((fields) => unescaped(fields[4]!))
    .filter((target) => target !== "/");
}

/** The kernel writes white space and backslashes in octal. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(parseInt(octal, 8)),
  );
}
