/** Checks the links, commands, configuration keys and paths in a document against the project. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { parse } from "yaml";

/** The parts of a document. */
interface Parts {
  /** Everything outside code blocks. */
  readonly prose: string;
  /** Fenced and indented code blocks. */
  readonly blocks: readonly string[];
  /** Inline code. */
  readonly inline: readonly string[];
}

const inlineCode = /(`+)([^`]|[^`][\s\S]*?[^`])\1(?!`)/g;

function partsOf(markdown: string): Parts {
  const prose: string[] = [];
  const blocks: string[][] = [];
  let fence: string | undefined;
  let isAfterBlank = true;
  let isIndented = false;
  for (const line of markdown.split("\n")) {
    const [, mark] = /^\s*(`{3,}|~{3,})/.exec(line) ?? [];
    const isOpen = fence !== undefined;
    if (mark !== undefined && (fence === undefined || mark.startsWith(fence))) {
      fence = fence === undefined ? mark : undefined;
      if (fence !== undefined) blocks.push([]);
    } else if (isOpen) {
      blocks.at(-1)!.push(line);
    } else if (/^ {4}/.test(line) && (isAfterBlank || isIndented)) {
      if (!isIndented) blocks.push([]);
      isIndented = true;
      blocks.at(-1)!.push(line.slice(4));
    } else {
      if (line.trim() !== "") isIndented = false;
      prose.push(line);
    }
    isAfterBlank = line.trim() === "";
  }
  const text = prose.join("\n");
  const inline = text
    .split(/\n\s*\n/)
    .flatMap((paragraph) => [...paragraph.matchAll(inlineCode)].map(([, , code]) => code!));
  return {
    prose: text,
    blocks: blocks.map((lines) => lines.join("\n")),
    inline: inline.map((code) => code.replaceAll(/\s+/g, " ")),
  };
}

/** All code, with continued lines joined. */
function codeIn(markdown: string): string[] {
  const { blocks, inline } = partsOf(markdown);
  return [...blocks, ...inline].flatMap((code) => code.replaceAll(/\\\n\s*/g, " ").split("\n"));
}

/** The anchors of a document's headings, as GitHub generates them. */
function anchorsOf(markdown: string): Set<string> {
  const counts = new Map<string, number>();
  const headings = partsOf(markdown).prose.matchAll(/^#{1,6} +(.*?)(?: +#+)?$/gm);
  const anchors = [...headings].map(([, heading = ""]) => {
    const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const slug = text.replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, "").replaceAll(" ", "-");
    const count = counts.get(slug) ?? 0;
    counts.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
  return new Set(anchors);
}

/**
 * The broken links within the project.
 *
 * @param file the document's path, relative to the project's folder.
 */
export function linkFaults(file: string, markdown: string): string[] {
  const prose = partsOf(markdown).prose.replaceAll(inlineCode, "");
  const links = [
    ...prose.matchAll(/\]\(\s*<?([^)>\s]+)>?(?:\s+"[^"]*")?\s*\)/g),
    ...prose.matchAll(/^\s{0,3}\[[^\]]+\]:\s+(\S+)/gm),
  ].map(([, target]) => target!);
  return links.flatMap((link) => {
    if (/^[a-z][a-z+.-]*:/.test(link)) return [];
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? file : normalize(join(dirname(file), decodeURI(path)));
    const isOwn = target === normalize(file);
    if (!isOwn && !existsSync(target)) return [`${link}: there is no ${target}`];
    if (anchor === undefined) return [];
    if (!target.endsWith(".md")) return [`${link}: ${target} has no anchors`];
    const text = isOwn ? markdown : readFileSync(target, "utf8");
    return anchorsOf(text).has(anchor) ? [] : [`${link}: ${target} has no heading #${anchor}`];
  });
}

/** The files of the project that a document links to. */
export function linkedFiles(file: string, markdown: string): string[] {
  const links = [...partsOf(markdown).prose.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)];
  return links.map(([, path]) => normalize(join(dirname(file), path!)));
}

/** Scripts that npm runs without the word `run`. */
const scriptCommands = ["start", "stop", "test", "restart"];

/** Other npm commands that the documents mention. */
const npmCommands = ["ci", "install"];

/** The npm scripts in a document that do not exist. */
export function commandFaults(
  markdown: string,
  scripts: Readonly<Record<string, string>>,
): string[] {
  return codeIn(markdown).flatMap((code) =>
    [...code.matchAll(/\bnpm (run )?(?:--\S+ )*([\w:-]+)/g)].flatMap(
      ([command, run, name = ""]) => {
        const isScript = name in scripts && (run !== undefined || scriptCommands.includes(name));
        const isKnown = isScript || (run === undefined && npmCommands.includes(name));
        return isKnown ? [] : [`${command}: package.json has no such script`];
      },
    ),
  );
}

/** Options of `config set` that take a value. */
const optionsWithValue = ["--stack", "-s", "--type", "--config-file", "--cwd", "-C"];

/** The unknown configuration keys in a document: in `config set KEY`, and as `serf:KEY:` in a file. */
export function settingFaults(markdown: string, declared: Readonly<Record<string, unknown>>) {
  const keys = codeIn(markdown).flatMap((code) => [
    ...[...code.matchAll(/\bconfig set\s+(.*)/g)].map(([, rest = ""]) => keyIn(rest)),
    ...[...code.matchAll(/(?<![\w:])serf:(\w+):(?=\s|$)/g)].map(([, key]) => key!),
  ]);
  return keys.flatMap((key) => (key in declared ? [] : [`${key}: Pulumi.yaml has no such key`]));
}

/** The key in the arguments of `config set`, without the project and without a path inside the value. */
function keyIn(args: string): string {
  const words = args.split(/\s+/);
  while (words[0]?.startsWith("-")) words.splice(0, optionsWithValue.includes(words[0]) ? 2 : 1);
  return (words[0] ?? "").replace(/^serf:/, "").replace(/[.[].*$/, "");
}

/** The keys declared in Pulumi.yaml. */
export function declaredSettings(): Readonly<Record<string, unknown>> {
  const { config } = parse(readFileSync("Pulumi.yaml", "utf8")) as {
    readonly config: Readonly<Record<string, unknown>>;
  };
  return config;
}

/** Folders inside the clone that are not part of the project. */
const notOurs = ["node_modules"];

function topFolders(): string[] {
  return readdirSync(".", { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .filter((name) => !notOurs.includes(name));
}

/** The missing paths: in inline code, starting with a folder of the project. */
export function pathFaults(markdown: string): string[] {
  const folders = topFolders();
  const words = partsOf(markdown).inline.flatMap((code) => code.split(/[\s=,;()'"]+/));
  return words.flatMap((word) => {
    const path = word.replace(/^\.\//, "").replace(/[.:]$/, "");
    const [folder = "", ...rest] = path.split("/");
    if (rest.length === 0 || !folders.includes(folder)) return [];
    // For a pattern, check only the part before it.
    const fixed = /[*{<]/.test(path) ? dirname(path.replace(/[*{<].*$/, "x")) : path;
    return existsSync(fixed) ? [] : [`${word}: there is no ${fixed}`];
  });
}
