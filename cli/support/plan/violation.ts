/** What Pulumi prints when an `up` would do something else than its plan. */

/** Pulumi's messages; the first group is the resource's URN. */
const messages = [
  /(urn:pulumi:\S+)? ?violates plan\b/,
  /is not allowed by the plan\b/,
  /expected resource operations for (urn:pulumi:\S+)/,
  /no plan for resource (urn:pulumi:\S+)/,
];

/** The line on which Pulumi's second phase begins; the first one only previews. */
const secondPhase = /^Updating \(/;

/**
 * Passes on the lines that Pulumi prints until one reports a violation. From then on it passes on nothing: Pulumi
 * prints the values of the properties that differ, even of secrets.
 */
export class PlanOutput {
  #isUpdating = false;
  #isViolated = false;
  #resource: string | undefined;

  /** Whether a line may be printed. */
  accepts(line: string): boolean {
    if (this.#isViolated) return false;
    if (secondPhase.test(line)) this.#isUpdating = true;
    const match = messages.map((message) => message.exec(line)).find((found) => found !== null);
    if (match === undefined) return true;
    this.#isViolated = true;
    this.#resource = match[1]?.split("::").at(-1);
    return false;
  }

  /** What differs from the plan, as the start of a sentence; undefined when nothing does. */
  get violation(): string | undefined {
    if (!this.#isViolated) return undefined;
    const what = this.#resource === undefined ? "the engine" : `the resource ${this.#resource}`;
    const extent = this.#isUpdating ? "the `up` stopped there" : "nothing was changed";
    return `With ${what} as it is now, \`up\` would do something else than the plan, so ${extent}`;
  }
}
