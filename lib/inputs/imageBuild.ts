/** The program's standard input, as JSON. */
export interface ImageBuild {
  /** The image's name with the tag. */
  readonly image: string;
  readonly context: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}
