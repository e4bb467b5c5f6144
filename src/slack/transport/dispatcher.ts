import { type App, MultipleListenerError, UnknownError } from "@slack/bolt";
import { within } from "../../lib/deadline.js";
import type { Log } from "../../usecases/ports/ports.js";
import { AckOnce, type SlackResponse } from "./ack.js";
import type { Payload } from "./envelope.js";
import type { RequestOrigin } from "./request-origin.js";

/** The answers when no listener has answered. */
export interface Fallbacks {
  /** The request is over, after `ms` milliseconds. `failed`: its listener threw. */
  handled(payload: Payload, outcome: "answered" | "failed", ms: number): void;
  /** The deadline has passed and the listener is still running. */
  late(payload: Payload, ack: AckOnce): void;
  /** No listener handles this command, button, form or shortcut. */
  unknown(payload: Payload, ack: AckOnce): void;
  /** A listener threw. */
  broken(payload: Payload, ack: AckOnce, fault: unknown, retryNum: number | null): void;
}

/** One verified and parsed request from Slack, from HTTP or Socket Mode. */
export interface SlackRequest {
  readonly payload: Payload;
  /** What proves that Slack sent it. */
  readonly origin: RequestOrigin;
  /** Counts Slack's redeliveries; `null` for the first delivery. */
  readonly retryNum: number | null;
  send(response: SlackResponse): void;
}

/**
 * Passes each request to Bolt, from HTTP or Socket Mode, and makes sure that Slack gets exactly one answer in time. It
 * tracks requests in flight, because Bolt's `app.stop()` does not wait for listeners.
 */
export class Dispatcher {
  #app: App | null = null;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #deadlineMs: number;
  readonly #fallbacks: Fallbacks;
  readonly #log: Log;
  readonly #eventsAtOnce: number;
  readonly #onTooMany: () => void;
  #events = 0;

  constructor(options: {
    readonly deadlineMs: number;
    readonly fallbacks: Fallbacks;
    readonly log: Log;
    /** Commands, clicks and forms are never refused: a person waits, and they may be an emergency. */
    readonly eventsAtOnce: number;
    /** Called when an event is one too many. */
    readonly onTooMany: () => void;
  }) {
    this.#eventsAtOnce = options.eventsAtOnce;
    this.#onTooMany = options.onTooMany;
    this.#deadlineMs = options.deadlineMs;
    this.#fallbacks = options.fallbacks;
    this.#log = options.log;
  }

  init(app: App): void {
    this.#app = app;
  }

  /** Never rejects. */
  dispatch(request: SlackRequest): Promise<void> {
    const isEvent = request.payload.type === "event_callback";
    if (isEvent && this.#events >= this.#eventsAtOnce) {
      this.#onTooMany();
      request.send({ kind: "redeliver" });
      return Promise.resolve();
    }
    if (isEvent) this.#events += 1;
    const work = this.#process(request).finally(() => {
      this.#inFlight.delete(work);
      if (isEvent) this.#events -= 1;
    });
    this.#inFlight.add(work);
    return work;
  }

  /**
   * Waits until no request is in flight, at most `deadlineMs`.
   * @returns the number of unfinished requests
   */
  async drained(deadlineMs: number): Promise<number> {
    if (this.#inFlight.size === 0) return 0;
    await within(deadlineMs, "What is in flight", Promise.all(this.#inFlight)).catch(() => {});
    return this.#inFlight.size;
  }

  async #process({ payload, origin, retryNum, send }: SlackRequest): Promise<void> {
    const ack = new AckOnce(send);
    const begun = performance.now();
    let outcome: "answered" | "failed" = "answered";
    const isEvent = payload.type === "event_callback";
    const timer = setTimeout(() => {
      this.#log.warn("slack.answer_late", { kind: String(payload.type ?? "command") });
      this.#fallbacks.late(payload, ack);
    }, this.#deadlineMs);
    try {
      await this.#app?.processEvent({
        body: payload,
        // Bolt acknowledges an event before its listeners run. An acknowledged event must not be lost, so the dispatcher
        // acknowledges it only after they have returned.
        ack: async (body?: unknown) => void (isEvent || ack.answer(body === "" ? undefined : body)),
        ...(retryNum === null ? {} : { retryNum }),
        customProperties: { ack, origin },
      });
      if (!ack.answered) this.#fallbacks.unknown(payload, ack);
    } catch (fault) {
      outcome = "failed";
      this.#fallbacks.broken(payload, ack, unwrapBoltError(fault), retryNum);
    } finally {
      clearTimeout(timer);
      this.#fallbacks.handled(payload, outcome, Math.round(performance.now() - begun));
    }
  }
}

/** The error that a listener threw, which Bolt wraps. */
function unwrapBoltError(fault: unknown): unknown {
  if (fault instanceof UnknownError) return fault.original;
  return fault instanceof MultipleListenerError ? (fault.originals[0] ?? fault) : fault;
}
