/** The names of variables, options and fields that have a value and are named like a secret. */
import { jsonIn, mapIn } from "./rule.ts";

/** The last words of names for secrets, as in `GOSSIP_KEY`, `rpcToken` and `--encrypt`. */
const secretWords = [
  ...["key", "apikey", "token", "auth", "encrypt", "secret", "credential", "credentials"],
  ...["password", "passwd", "passphrase"],
];

function isSecretName(name: string): boolean {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2").split(/[-_]/);
  return secretWords.includes(words.at(-1)!.toLowerCase());
}

/** Of variables, and of the JSON in their values. */
export function variables(environment: unknown): string[] {
  const all = Object.entries(mapIn(environment));
  return [
    ...all.filter(([name, value]) => isSecretName(name) && value !== "").map(([name]) => name),
    ...all.flatMap(([, value]) => fields(jsonIn(value))),
  ];
}

/** Of `NAME=value`. */
export function assignments(words: readonly unknown[]): string[] {
  return words.flatMap((word) => {
    const [, name = "", value = ""] = /^(\w+)=(.*)$/s.exec(String(word)) ?? [];
    return isSecretName(name) && value !== "" ? [name] : [];
  });
}

/** Of `-name=value`, `--name=value` and `--name value`. */
export function options(words: readonly unknown[]): string[] {
  return words.flatMap((word, index) => {
    const [, name = "", value] = /^--?([\w-]+)(?:=(.*))?$/s.exec(String(word)) ?? [];
    const isGiven = value === undefined ? isOperand(words[index + 1]) : value !== "";
    return isSecretName(name) && isGiven ? [`-${name}`] : [];
  });
}

/** Whether an argument is the value of the option before it. */
function isOperand(word: unknown): boolean {
  return typeof word === "symbol" || (typeof word === "string" && !word.startsWith("-"));
}

/** Of JSON, at any depth. */
export function fields(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(fields);
  return Object.entries(mapIn(value)).flatMap(([name, inner]) =>
    typeof inner === "string" && inner !== "" && isSecretName(name) ? [name] : fields(inner),
  );
}
