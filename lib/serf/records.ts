/**
 * A queue of incoming records for one reader. The reader gets all records before the end or the error, which a
 * destroyed stream would not guarantee.
 */
export class Records<T> implements AsyncIterable<T> {
  readonly #waiting: T[] = [];
  #end: { readonly error?: Error | undefined } | undefined;
  #wake: () => void = () => undefined;

  /** Adds a record; ignored after the end. */
  push(record: T): void {
    if (this.#end === undefined) this.#waiting.push(record);
    this.#wake();
  }

  /** Ends the records. Only the first call has an effect. */
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
