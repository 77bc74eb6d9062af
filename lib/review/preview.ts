/** What `pulumi preview --json` prints, as far as a review needs it. */

/** A resource before or after a change. */
interface PreviewedState {
  readonly type: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly retainOnDelete?: boolean;
}

/** What is done to one resource. */
export interface PreviewStep {
  readonly op: string;
  readonly urn: string;
  readonly oldState?: PreviewedState;
  readonly newState?: PreviewedState;
  readonly detailedDiff?: Readonly<Record<string, unknown>> | null;
  readonly diffReasons?: readonly string[] | null;
}

export interface Preview {
  readonly steps?: readonly PreviewStep[];
  readonly diagnostics?: readonly Diagnostic[];
}

export interface Diagnostic {
  readonly message?: string;
  readonly severity?: string;
}

/**
 * Reads what the command has printed. Pulumi may print something else before it.
 *
 * @returns undefined when that is no preview.
 */
export function parsePreview(text: string): Preview | undefined {
  try {
    return JSON.parse(text.slice(text.indexOf("{"))) as Preview;
  } catch {
    return undefined;
  }
}

/** What a step does to its resource. */
export type Action = "create" | "update" | "replace" | "delete" | "same";

/** Undefined for what changes nothing by itself, such as a read, and for the second half of a replacement. */
export function actionOf({ op }: PreviewStep): Action | undefined {
  const actions: Readonly<Record<string, Action>> = {
    create: "create",
    update: "update",
    replace: "replace",
    delete: "delete",
    same: "same",
  };
  return actions[op];
}

/** The type without its parents, and the name. */
export function partsOf(urn: string): { readonly type: string; readonly name: string } {
  const [path = "", name = ""] = urn.split("::").slice(2);
  return { type: path.split("$").at(-1) ?? "", name };
}

/** The properties that differ. */
export function changedProperties({ detailedDiff, diffReasons }: PreviewStep): string[] {
  const paths = [...Object.keys(detailedDiff ?? {}), ...(diffReasons ?? [])].filter(isProperty);
  return [...new Set(paths.map((path) => path.replace(/[.[].*/s, "")))].sort();
}

/** The paths of the properties that differ, as deep as Pulumi says. */
export function changedPaths({ detailedDiff, diffReasons }: PreviewStep): string[] {
  const paths = Object.keys(detailedDiff ?? {}).filter(isProperty);
  return paths.length > 0 ? paths : (diffReasons ?? []).filter(isProperty);
}

/** Pulumi's bridge to Terraform's providers reports `__meta` for a replacement that no property explains. */
function isProperty(path: string): boolean {
  return !path.startsWith("__");
}

/** Components change with what they hold. */
export function isResource({ urn }: PreviewStep): boolean {
  return !/^(pulumi|serf):/.test(partsOf(urn).type);
}
