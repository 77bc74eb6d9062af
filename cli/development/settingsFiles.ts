/** The files that are partly generated from the table of settings. */
import { stringify } from "yaml";
import { paddedMarkdownTable } from "../../lib/host/table.ts";
import { limitSettings } from "../../lib/settings/parts/limits.ts";
import { table } from "../../lib/settings/table.ts";

type AnySetting = Pick<
  (typeof table)[keyof typeof table],
  "type" | "description" | "allowed" | "default" | "change"
> & { readonly meaning?: string };

/** Paths relative to the project's folder, with the function that updates the file's text. */
export const settingsFiles: Readonly<Record<string, (text: string) => string>> = {
  "Pulumi.yaml": withSchema,
  "docs/configuration.md": withTables,
};

const settings: readonly (readonly [string, AnySetting])[] = Object.entries(table);

/** Replaces the section `config` of Pulumi.yaml, which must be the last one. */
function withSchema(text: string): string {
  const begin = "\nconfig:\n";
  const at = text.indexOf(begin);
  if (at < 0) throw new Error("Pulumi.yaml has no section config");
  const schema = settings.map(([key, { type, default: fallback, ...setting }]) => [
    key,
    {
      type,
      ...(type === "array" && { items: { type: "object" } }),
      description: sentence(setting),
      default: type === "string" ? fallback : (JSON.parse(fallback) as object),
    },
  ]);
  const lines = stringify(Object.fromEntries(schema), { lineWidth: 0 });
  return text.slice(0, at) + begin + lines.replace(/^(?=.)/gm, "  ");
}

function sentence({ description, allowed, meaning }: Omit<AnySetting, "type" | "default">): string {
  return `${description}: ${allowed}.${meaning === undefined ? "" : ` Default: ${meaning}.`}`;
}

const [begin, end] = ["<!-- settings: made by `npm run generate` -->", "<!-- end of settings -->"];

/** Replaces what is between the two marks of the document. */
function withTables(text: string): string {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from)
    throw new Error(`docs/configuration.md has no marks for the tables: ${begin}`);
  const all: typeof settings = [
    ...settings,
    ...Object.entries(limitSettings).map(([key, one]) => [`limits.${key}`, one] as const),
  ];
  const values = all.map(([key, { description, allowed, meaning, default: fallback }]) => [
    code(key),
    meaning ?? code(fallback),
    description,
    allowed,
  ]);
  const changes = Map.groupBy(settings, ([, { change }]) => change);
  const effects = [...changes].map(([change, those]) => [
    those.map(([key]) => code(key)).join(", "),
    change,
  ]);
  const tables = [
    paddedMarkdownTable([["key", "default", "what it is", "allowed"], ...values]),
    "What a change of them does to a running cluster:",
    paddedMarkdownTable([["settings", "what happens"], ...effects]),
  ];
  return [text.slice(0, from) + begin, ...tables, text.slice(to)].join("\n\n");
}

function code(text: string): string {
  return `\`${text}\``;
}
