/** What is sent back to Slack for one request. */
export type SlackResponse =
  /** Taken; the body, if any, is what Slack shows or does with a view. */
  | { readonly kind: "taken"; readonly body?: unknown }
  /** Not done: Slack shall deliver it again. Understood for events only. */
  | { readonly kind: "again" };

/**
 * The one answer that Slack waits for. Whoever answers first wins, so a listener that finishes after the deadline can do
 * no harm; it learns from the result that it must tell the person in another way.
 */
export class AckOnce {
  #answered = false;
  readonly #send: (outcome: SlackResponse) => void;
  /** What the person is told when the deadline comes first; a listener sets it to fit what it does. */
  lateText: string | null = null;

  constructor(send: (outcome: SlackResponse) => void) {
    this.#send = send;
  }

  get answered(): boolean {
    return this.#answered;
  }

  /** @returns true when this was the answer, false when Slack had been answered before */
  answer(body?: unknown): boolean {
    return this.#settle(body === undefined ? { kind: "taken" } : { kind: "taken", body });
  }

  /** Asks Slack to deliver the event again. */
  again(): boolean {
    return this.#settle({ kind: "again" });
  }

  #settle(outcome: SlackResponse): boolean {
    if (this.#answered) return false;
    this.#answered = true;
    this.#send(outcome);
    return true;
  }
}
