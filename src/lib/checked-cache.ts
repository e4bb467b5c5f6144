import { LRUCache } from "lru-cache";
import { within } from "./within.js";

/** What a source said, and when it was asked (milliseconds on the given clock). */
export interface CachedAnswer<T> {
  readonly value: T;
  readonly asOfMs: number;
  /** Older than `freshMs`, given because the source could not answer. */
  readonly stale: boolean;
}

/** How old an answer may be, and how long the source may take. */
export interface CacheLimits {
  /** An answer of at most this age is given without asking again. */
  readonly freshMs: number;
  /** An answer of at most this age counts when the source cannot answer. */
  readonly usableMs: number;
  /** How long to wait for the source. */
  readonly waitMs: number;
}

const SECOND = 1000;

/**
 * "Checked at the click" means read at most 30 s ago, and given up after 1.5 s; when the source cannot answer, an answer
 * of at most 15 minutes counts.
 */
export const CHECKED_AT_THE_CLICK: CacheLimits = { freshMs: 30 * SECOND, usableMs: 15 * 60 * SECOND, waitMs: 1500 };

/** The most answers that one cache holds; past that it drops the one that was used longest ago. */
const MAX_ANSWERS = 5000;

type Kept<T> = Omit<CachedAnswer<T>, "stale">;

/**
 * A cache of what a source says about many things, by id. Lookups of one id at the same time are one question, and a
 * source that fails or takes too long is replaced by its last answer while that still counts.
 *
 * `lru-cache` bounds the size, joins lookups and keeps the last answer. The ages are compared here, because its `ttl` is
 * a single limit that counts from the answer, while these are two and count from the question.
 */
export class CheckedCache<T> {
  readonly #now: () => number;
  readonly #limits: CacheLimits;
  readonly #kept: LRUCache<string, Kept<T>>;

  /** `now` is in milliseconds, on any clock; `max` is how many answers are held. */
  constructor(ask: (id: string) => Promise<T>, now: () => number, limits: CacheLimits, max = MAX_ANSWERS) {
    this.#now = now;
    this.#limits = limits;
    this.#kept = new LRUCache<string, Kept<T>>({
      max,
      fetchMethod: async (id) => {
        const asOfMs = now();
        return { value: await within(limits.waitMs, "The source", ask(id)), asOfMs };
      },
      // A failure leaves the last answer where it is; whether it still counts is decided at the next line that reads it.
      noDeleteOnFetchRejection: true,
      // Whoever waits for an answer that is forgotten meanwhile still gets it; it is not kept.
      ignoreFetchAbort: true,
    });
  }

  /** The answer about `id`; `null` when the source cannot answer and no earlier answer counts. */
  async get(id: string): Promise<CachedAnswer<T> | null> {
    try {
      const answer = await this.#kept.fetch(id, { forceRefresh: this.#keptWithin(id, this.#limits.freshMs) === null });
      return answer === undefined ? null : { ...answer, stale: false };
    } catch {
      const last = this.#keptWithin(id, this.#limits.usableMs);
      return last === null ? null : { ...last, stale: true };
    }
  }

  /** Drops what is known about `id`, because it is no longer true. A lookup under way is not kept either. */
  forget(id: string): void {
    this.#kept.delete(id);
  }

  /** A clock that was set back makes answers from the future. Their age is unknown, so they do not count. */
  #keptWithin(id: string, ms: number): Kept<T> | null {
    const kept = this.#kept.peek(id);
    if (kept === undefined) return null;
    const age = this.#now() - kept.asOfMs;
    return age >= 0 && age <= ms ? kept : null;
  }
}
