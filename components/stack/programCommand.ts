/**
 * The command line with which a resource runs one of this project's programs in the project's folder.
 *
 * @param program the name of the program's file in `programs`, without the extension.
 */
export function programCommand(program: string, ...args: readonly string[]): string {
  const line = ["node", "--import=./lib/host/compileCache.mjs", `programs/${program}.ts`, ...args];
  return line.join(" ");
}
