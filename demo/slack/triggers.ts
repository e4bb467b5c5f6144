import { secretHex } from "./ids.js";

/** Slack's limits: a trigger is valid for 3 s; a response URL takes 5 uses within 30 minutes. */
const TRIGGER_MS = 3_000;
const RESPONSE_MS = 30 * 60_000;
const RESPONSE_USES = 5;

interface Trigger {
  readonly userId: string;
  readonly bornAt: number;
  readonly fromView: boolean;
  exchanged: boolean;
}

/** The interaction that a response URL belongs to. */
export interface ResponseContext {
  readonly userId: string;
  readonly channel: string;
  /** The message of the pressed button; a slash command has none. */
  readonly source?: { readonly channel: string; readonly ts: string; readonly ephemeral: boolean };
}

interface ResponseUrl extends ResponseContext {
  readonly bornAt: number;
  uses: number;
}

/** The short-lived triggers and response URLs that interactions give to the app. */
export class Triggers {
  readonly #triggers = new Map<string, Trigger>();
  readonly #responses = new Map<string, ResponseUrl>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  issue(userId: string, fromView: boolean): string {
    const id = `${Math.floor(this.#now())}.${this.#triggers.size + 1}.${secretHex(16)}`;
    this.#triggers.set(id, { userId, bornAt: this.#now(), fromView, exchanged: false });
    return id;
  }

  /** Uses up a trigger, or returns Slack's error code. */
  exchange(id: string): { readonly userId: string; readonly fromView: boolean } | { readonly error: string } {
    const trigger = this.#triggers.get(id);
    if (trigger === undefined) return { error: "invalid_trigger_id" };
    if (trigger.exchanged) return { error: "exchanged_trigger_id" };
    if (this.#now() - trigger.bornAt > TRIGGER_MS) return { error: "expired_trigger_id" };
    trigger.exchanged = true;
    return trigger;
  }

  issueResponse(context: ResponseContext): string {
    const id = secretHex(12);
    this.#responses.set(id, { ...context, bornAt: this.#now(), uses: 0 });
    return id;
  }

  /** Counts one use of a response URL, or returns why it is no longer valid. */
  spendResponse(id: string): ResponseContext | { readonly error: string } {
    const response = this.#responses.get(id);
    if (response === undefined) return { error: "invalid_url" };
    if (this.#now() - response.bornAt > RESPONSE_MS) return { error: "expired_url" };
    if (response.uses >= RESPONSE_USES) return { error: "used_url" };
    response.uses += 1;
    return response;
  }
}
