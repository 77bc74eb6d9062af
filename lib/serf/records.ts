/**
 * What comes in by and by, for one reader. Everything that came is read before the end or the error
 * after it, which a stream that is destroyed would not promise.
 */
export class Records<T> implements AsyncIterable<T> {
  readonly #waiting: T[] = [];
  #end: { readonly error?: Error | undefined } | undefined;
  #wake: () => void = () => undefined;

  /** Adds a record; after the end nothing is added. */
  push(record: T): void {
    if (this.#end === undefined) this.#waiting.push(record);
    this.#wake();
  }

  /** Ends the records. The first end counts. */
  end(error?: Error): void {
    this.#end ??= { error };
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      while (this.#waiting.length > 0) yield this.#waiting.shift()!;
      if (this.#end?.error) throw this.#end.error;
      if (this.#end) return;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
