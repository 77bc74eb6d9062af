import { isAbsolute } from "node:path";
import { allowedEngineHosts, formatEngineHost, parseEngineHost } from "../../engine/host.ts";
import type { NamedEngine } from "../../engine/scope.ts";
import { parseNodeLabels } from "./nodeLabels.ts";
import { isMap } from "./tags.ts";

/** An engine on which members run. */
export interface Engine extends NamedEngine {
  /** What a group's `on` is compared with. Default: none. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The engines with all the labels that a group wants. */
export function enginesFor(
  { on }: { readonly on: Readonly<Record<string, string>> },
  engines: readonly Engine[],
): readonly Engine[] {
  return engines.filter(({ labels }) =>
    Object.entries(on).every(([label, value]) => labels[label] === value),
  );
}

/** Each part begins with a letter, so that no name ends like a joiner's. */
const namePattern = /^(?=.{1,16}$)[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/;

const allowedNames =
  "lower-case letters and digits in parts that begin with a letter, joined by dashes, at most 16 characters";

/**
 * Reads the setting `engines`.
 *
 * @param values as configured: a list of `{ name, host, certPath, labels }`.
 * @param report receives each fault as a sentence that begins with the setting.
 */
export function parseEngines(
  values: readonly unknown[],
  report: (fault: string) => void,
): Engine[] {
  const engines = values.flatMap((one, index) => parseEngine(one, `engines[${index}]`, report));
  for (const key of ["name", "host"] as const) {
    const all = engines.map((engine) => engine[key]);
    const twice = all.find((value, index) => all.indexOf(value) < index);
    if (twice !== undefined) {
      report(`engines has the ${key} ${JSON.stringify(twice)} twice, but they must differ`);
    }
  }
  return engines;
}

function parseEngine(
  value: unknown,
  setting: string,
  report: (fault: string) => void,
): Engine | [] {
  if (!isMap(value)) {
    report(
      `${setting} is ${JSON.stringify(value)}, allowed is a map with the strings name, host and certPath and the ` +
        "map labels",
    );
    return [];
  }
  const { name, host, certPath, labels = {}, ...others } = value;
  const faults: string[] = [];
  const expect = (key: string, found: unknown, fits: boolean, allowed: string) => {
    const what = found === undefined ? "not set" : JSON.stringify(found);
    if (!fits) faults.push(`${setting}.${key} is ${what}, allowed is ${allowed}`);
  };
  const address = typeof host === "string" && host !== "" ? parseEngineHost(host) : undefined;
  expect("name", name, typeof name === "string" && namePattern.test(name), allowedNames);
  expect("host", host, address !== undefined, allowedEngineHosts.replace(/, or empty.*/, ""));
  const isPath = typeof certPath === "string" && isAbsolute(certPath) && address?.kind === "tcp";
  expect(
    "certPath",
    certPath,
    certPath === undefined || isPath,
    "an absolute path, for a host that begins with tcp://",
  );
  for (const key of Object.keys(others)) {
    report(
      `${setting}.${key} is not a setting of an engine; those are name, host, certPath and labels`,
    );
  }
  const found = parseNodeLabels(labels, `${setting}.labels`, report);
  faults.forEach(report);
  if (faults.length > 0) return [];
  return {
    name: name as string,
    host: formatEngineHost(address!),
    ...(certPath !== undefined && { certPath: certPath as string }),
    labels: found,
  };
}
