/** The response to one request from Slack. */
export type SlackResponse =
  /** Acknowledged. The body, if any, says what Slack shows or does with a view. */
  | { readonly kind: "ok"; readonly body?: unknown }
  /** Not done: Slack should deliver it again. Slack redelivers only events. */
  | { readonly kind: "redeliver" };

/**
 * The single response that Slack waits for. The first answer wins, so a handler may finish after the deadline; the return
 * value says whether the person must be reached another way.
 */
export class AckOnce {
  #answered = false;
  readonly #send: (response: SlackResponse) => void;
  /** The text shown when the deadline passes first. Each handler may set its own. */
  lateText: string | null = null;

  constructor(send: (response: SlackResponse) => void) {
    this.#send = send;
  }

  get answered(): boolean {
    return this.#answered;
  }

  /** @returns whether this answer was sent; false when Slack was answered before */
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
