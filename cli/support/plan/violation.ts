/** What Pulumi prints when an `up` would do something else than its plan. */

/** A message with the values of the properties that differ, even of secrets. The first group is the resource's URN. */
const withValues = /(urn:pulumi:\S+)? ?violates plan\b/;

/** Messages without values. */
const others = [
  /is not allowed by the plan\b/,
  /expected resource operations for (urn:pulumi:\S+)/,
  /no plan for resource (urn:pulumi:\S+)/,
];

/** The line on which Pulumi's second phase begins; the first one only previews. */
const secondPhase = /^Updating \(/;

/**
 * Passes on the lines that Pulumi prints, except what follows a message with values. When something else has failed,
 * Pulumi also reports as a violation what it did not come to, which is not one.
 */
export class PlanOutput {
  #isUpdating = false;
  #isHidden = false;
  #hasFailed = false;
  #isViolated = false;
  #resource: string | undefined;

  /** Whether a line may be printed. */
  accepts(line: string): boolean {
    if (this.#isHidden) return false;
    if (secondPhase.test(line)) this.#isUpdating = true;
    const secret = withValues.exec(line);
    const match = secret ?? others.map((message) => message.exec(line)).find(Boolean);
    if (match && !this.#hasFailed) {
      this.#isViolated = true;
      this.#resource ??= match[1]?.split("::").at(-1);
    } else if (/\berror: /.test(line)) {
      this.#hasFailed = true;
    }
    this.#isHidden = secret !== null;
    return !this.#isHidden;
  }

  /** What differs from the plan, as the start of a sentence; undefined when nothing does. */
  get violation(): string | undefined {
    if (!this.#isViolated) return undefined;
    const what = this.#resource === undefined ? "the engine" : `the resource ${this.#resource}`;
    const extent = this.#isUpdating ? "the `up` stopped there" : "nothing was changed";
    return `With ${what} as it is now, \`up\` would do something else than the plan, so ${extent}`;
  }
}
