/** Things to put away again, newest first, whatever happened and whenever: one that is still being made is waited for. */
export class Cleanup {
  readonly #steps: (() => Promise<unknown>)[] = [];
  #done: Promise<void> | null = null;

  /** Makes something and remembers how to undo it. Once the cleaning has begun, nothing more is made. */
  async hold<T>(make: () => Promise<T>, undo: (made: T) => Promise<unknown>): Promise<T> {
    if (this.#done !== null) throw new Error("The demo is being put away.");
    const making = make();
    // What could not be made has put itself away, and its fault is told to whoever asked for it.
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
