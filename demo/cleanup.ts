/** Undoes what was set up, newest first. Waits for a step that is still being set up before it undoes it. */
export class Cleanup {
  readonly #steps: (() => Promise<unknown>)[] = [];
  #done: Promise<void> | null = null;

  /** Sets something up and remembers how to undo it. Throws once the cleanup has begun. */
  async hold<T>(make: () => Promise<T>, undo: (made: T) => Promise<unknown>): Promise<T> {
    if (this.#done !== null) throw new Error("The demo is being put away.");
    const making = make();
    // A failed setup has nothing to undo, and its caller gets the error.
    this.#steps.unshift(() => making.then(undo, () => {}));
    return making;
  }

  run(): Promise<void> {
    this.#done ??= (async () => {
      for (const step of this.#steps)
        await step().catch((fault: unknown) => process.stderr.write(`${String(fault)}\n`));
    })();
    return this.#done;
  }
}
