import { type App, MultipleListenerError, UnknownError } from "@slack/bolt";
import { within } from "../../lib/within.js";
import type { Log } from "../../usecases/ports.js";
import { AckOnce, type SlackResponse } from "./ack.js";
import type { Payload } from "./envelope.js";

/** What the person gets when no listener has answered. */
export interface Fallbacks {
  /** The deadline has come and the listener is still at work. */
  late(payload: Payload, ack: AckOnce): void;
  /** No listener knows this command, button, form or shortcut. */
  unknown(payload: Payload, ack: AckOnce): void;
  /** A fault that no listener has dealt with. */
  broken(payload: Payload, ack: AckOnce, fault: unknown, retryNum: number | null): void;
}

/** One request from Slack, verified and readable, however it travelled. */
export interface SlackRequest {
  readonly payload: Payload;
  /** Set when Slack delivers it again. */
  readonly retryNum: number | null;
  send(outcome: SlackResponse): void;
}

/**
 * Where both ways in meet: hands a request to Bolt, sees to it that Slack gets exactly one answer in time, and knows what
 * is still under way, since `app.stop()` does not wait for listeners.
 */
export class Dispatcher {
  #app: App | null = null;
  readonly #underWay = new Set<Promise<void>>();
  readonly #deadlineMs: number;
  readonly #fallbacks: Fallbacks;
  readonly #log: Log;

  constructor(options: { readonly deadlineMs: number; readonly fallbacks: Fallbacks; readonly log: Log }) {
    this.#deadlineMs = options.deadlineMs;
    this.#fallbacks = options.fallbacks;
    this.#log = options.log;
  }

  init(app: App): void {
    this.#app = app;
  }

  /** Never rejects. */
  take(delivered: SlackRequest): Promise<void> {
    const work = this.#process(delivered).finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
    return work;
  }

  /** Waits until nothing is under way, at most `deadlineMs`. @returns how many were left unfinished */
  async drained(deadlineMs: number): Promise<number> {
    if (this.#underWay.size === 0) return 0;
    await within(deadlineMs, "What is under way", Promise.all(this.#underWay)).catch(() => {});
    return this.#underWay.size;
  }

  async #process({ payload, retryNum, send }: SlackRequest): Promise<void> {
    const ack = new AckOnce(send);
    const isEvent = payload.type === "event_callback";
    const timer = setTimeout(() => {
      this.#log.warn("slack.answer_late", { kind: String(payload.type ?? "command") });
      this.#fallbacks.late(payload, ack);
    }, this.#deadlineMs);
    try {
      await this.#app?.processEvent({
        body: payload,
        // Bolt acknowledges events before their listeners run. What was acknowledged may not be lost, so an event is
        // answered only once it has been dealt with.
        ack: async (body?: unknown) => void (isEvent || ack.answer(body === "" ? undefined : body)),
        ...(retryNum === null ? {} : { retryNum }),
        customProperties: { ack },
      });
      if (!ack.answered) this.#fallbacks.unknown(payload, ack);
    } catch (fault) {
      this.#fallbacks.broken(payload, ack, boltUnwrapped(fault), retryNum);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Bolt wraps what a listener throws. */
function boltUnwrapped(fault: unknown): unknown {
  if (fault instanceof UnknownError) return fault.original;
  return fault instanceof MultipleListenerError ? (fault.originals[0] ?? fault) : fault;
}
