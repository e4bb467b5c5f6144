import { LRUCache } from "lru-cache";
import { within } from "./deadline.js";

/** An answer of the source, and when it was asked for (milliseconds on the given clock). */
export interface CachedAnswer<T> {
  readonly value: T;
  readonly asOfMs: number;
  /** Older than `freshMs`, returned because the source could not answer. */
  readonly stale: boolean;
}

/** How old an answer may be, and how long the source may take. */
export interface CacheLimits {
  /** An answer of at most this age is returned without asking again. */
  readonly freshMs: number;
  /** An answer of at most this age counts when the source cannot answer. */
  readonly usableMs: number;
  /** How long to wait for the source. */
  readonly waitMs: number;
}

/** The most answers that one cache holds; beyond that, the least recently used is dropped. */
const MAX_ANSWERS = 5000;

type Kept<T> = Omit<CachedAnswer<T>, "stale">;

/**
 * A cache of a source's answers by id. Concurrent lookups of one id share one request. When the source fails or times
 * out, its last answer is used while it is recent enough.
 *
 * `lru-cache` bounds the size, joins lookups and keeps the last answer. The ages are compared here, because its `ttl`
 * is one limit counted from the answer, while these are two limits counted from the request.
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
      // A failure keeps the last answer; `get` decides whether it is recent enough.
      noDeleteOnFetchRejection: true,
      // A caller waiting for an answer that is forgotten meanwhile still gets it, but it is not kept.
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

  /** Drops the answer about `id`, because it is no longer true. The answer of a lookup in flight is not kept either. */
  forget(id: string): void {
    this.#kept.delete(id);
  }

  /** After the clock is set back, answers can lie in the future. Their age is unknown, so they do not count. */
  #keptWithin(id: string, ms: number): Kept<T> | null {
    const kept = this.#kept.peek(id);
    if (kept === undefined) return null;
    const age = this.#now() - kept.asOfMs;
    return age >= 0 && age <= ms ? kept : null;
  }
}
