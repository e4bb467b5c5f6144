/** What is sent back to Slack for one request. */
export type SlackResponse =
  /** Acknowledged; the body, if any, is what Slack shows or does with a view. */
  | { readonly kind: "ok"; readonly body?: unknown }
  /** Not done: Slack shall deliver it again. Slack does so for events only. */
  | { readonly kind: "redeliver" };

/**
 * The one response that Slack waits for. The first answer wins, so a handler that finishes after the deadline does no
 * harm; the result tells it that the person must be reached another way.
 */
export class AckOnce {
  #answered = false;
  readonly #send: (response: SlackResponse) => void;
  /** What the person is told when the deadline comes first; a handler sets it to fit what it does. */
  lateText: string | null = null;

  constructor(send: (response: SlackResponse) => void) {
    this.#send = send;
  }

  get answered(): boolean {
    return this.#answered;
  }

  /** @returns true when this was the answer, false when Slack had been answered before */
  answer(body?: unknown): boolean {
    return this.#settle(body === undefined ? { kind: "ok" } : { kind: "ok", body });
  }

  /** Asks Slack to deliver the event again. */
  redeliver(): boolean {
    return this.#settle({ kind: "redeliver" });
  }

  #settle(response: SlackResponse): boolean {
    if (this.#answered) return false;
    this.#answered = true;
    this.#send(response);
    return true;
  }
}
