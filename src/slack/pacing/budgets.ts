import type { Urgency } from "../../usecases/ports/urgency.js";
import { channelRateOf, type Rate, rateOf } from "./published-rates.js";
import { type Counted, Window } from "./window.js";

/** A call of the Web API, as far as its rate depends on it. */
export interface WebApiCall {
  readonly method: string;
  /** The channel that it posts to; `null` for a call without one. */
  readonly channel: string | null;
}

/** Permission to call now, or the milliseconds to wait before asking again. */
export type Permission =
  | { readonly granted: true; readonly counted: Counted }
  | { readonly granted: false; readonly waitMs: number };

/** How much of a method's rate each urgency may fill. What is more urgent always finds the rest free. */
const SHARE: Readonly<Record<Urgency, number>> = { person: 1, channel: 0.9, page: 0.8, direct: 0.6, upkeep: 0.4 };

/** Others use the same budget (another instance, say) when Slack refuses below its rate: half is left to them so long. */
const SHARED_FOR_MS = 10 * 60_000;
const LEAST_PART = 0.125;

/** Channels whose last post is so long ago are forgotten; checked when as many as this are remembered. */
const MANY_CHANNELS = 1_000;

/**
 * The budget of each method in one workspace: Slack's published rate, and the `Retry-After` of a refusal, which nobody
 * calls the method before. Pure: the time, in milliseconds on any steady clock, arrives with each question.
 */
export class Budgets {
  readonly #isPaced: boolean;
  readonly #methods = new Map<string, MethodBudget>();
  readonly #channels = new Map<string, Window>();

  /** `paced: false` heeds refusals only, for a server that has no rates. */
  constructor({ paced }: { readonly paced: boolean }) {
    this.#isPaced = paced;
  }

  /** Asks to make a call. What is granted counts until the rate's time after its end. */
  ask(call: WebApiCall, urgency: Urgency, nowMs: number): Permission {
    const method = this.#method(call.method);
    const rate = this.#isPaced ? rateOf(call.method) : null;
    const channelRate = this.#isPaced ? channelRateOf(call.method) : null;
    const channel =
      channelRate === null || call.channel === null ? null : this.#channel(call.channel, channelRate, nowMs);
    const waitMs = Math.max(
      method.waitMs(rate, urgency, nowMs),
      channel === null || channelRate === null ? 0 : channel.waitMs(channelRate, nowMs),
    );
    if (waitMs > 0) return { granted: false, waitMs };
    const counts = [method.window.begin(), ...(channel === null ? [] : [channel.begin()])];
    const ended = (at: number): void => {
      for (const count of counts) count.ended(at);
    };
    return { granted: true, counted: { ended } };
  }

  /**
   * A time for a call that is put off, in milliseconds from now: at least `waitMs`, and each one later than the last, so
   * that many do not come back at once.
   */
  putOff({ method }: WebApiCall, urgency: Urgency, waitMs: number, nowMs: number): number {
    const rate = this.#isPaced ? rateOf(method) : null;
    return this.#method(method).putOff(rate, urgency, waitMs, nowMs);
  }

  /** Slack refused a call of this method for so long. Returns `false` when that was known. */
  refused({ method }: WebApiCall, retryAfterMs: number, nowMs: number): boolean {
    return this.#method(method).refused(retryAfterMs, nowMs);
  }

  #method(name: string): MethodBudget {
    const known = this.#methods.get(name) ?? new MethodBudget();
    this.#methods.set(name, known);
    return known;
  }

  #channel(id: string, { ms }: Rate, nowMs: number): Window {
    if (this.#channels.size >= MANY_CHANNELS) {
      for (const [other, window] of this.#channels) if (window.isIdle(ms, nowMs)) this.#channels.delete(other);
    }
    const known = this.#channels.get(id) ?? new Window();
    this.#channels.set(id, known);
    return known;
  }
}

class MethodBudget {
  readonly window = new Window();
  #heldUntil = Number.NEGATIVE_INFINITY;
  /** The last time given to a call of each urgency that was put off. */
  readonly #promisedUntil = new Map<Urgency, number>();
  /** The part of the published rate that is ours, and since when. */
  #part = 1;
  #partSince = Number.NEGATIVE_INFINITY;

  waitMs(rate: Rate | null, urgency: Urgency, nowMs: number): number {
    const held = Math.max(0, this.#heldUntil - nowMs);
    return rate === null ? held : Math.max(held, this.window.waitMs(this.#ours(rate, urgency, nowMs), nowMs));
  }

  putOff(rate: Rate | null, urgency: Urgency, waitMs: number, nowMs: number): number {
    const gap = rate === null ? 0 : rate.ms / this.#ours(rate, urgency, nowMs).calls;
    const last = this.#promisedUntil.get(urgency) ?? Number.NEGATIVE_INFINITY;
    const promised = Math.max(nowMs + waitMs, last + gap);
    this.#promisedUntil.set(urgency, promised);
    return promised - nowMs;
  }

  refused(retryAfterMs: number, nowMs: number): boolean {
    const isNew = nowMs >= this.#heldUntil;
    this.#heldUntil = Math.max(this.#heldUntil, nowMs + retryAfterMs);
    if (isNew) {
      this.#part = Math.max(LEAST_PART, this.#part / 2);
      this.#partSince = nowMs;
    }
    return isNew;
  }

  #ours({ calls, ms }: Rate, urgency: Urgency, nowMs: number): Rate {
    if (this.#part < 1 && nowMs - this.#partSince >= SHARED_FOR_MS) {
      this.#part *= 2;
      this.#partSince = nowMs;
    }
    return { calls: Math.max(1, Math.floor(calls * SHARE[urgency] * this.#part)), ms };
  }
}
