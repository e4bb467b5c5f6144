import { within } from "./within.js";

/** What was read of one thing, and when the reading began (milliseconds on the given clock). */
export interface Reading<T> {
  readonly value: T;
  readonly asOfMs: number;
  /** Older than `freshMs`, given because nothing newer could be had. */
  readonly stale: boolean;
}

export interface ReadingRules {
  /** A reading of at most this age is given without asking again. */
  readonly freshMs: number;
  /** A reading of at most this age counts when nothing newer can be had. */
  readonly usableMs: number;
  /** How long one look may take before it is given up. */
  readonly waitMs: number;
}

const SECOND = 1000;

/**
 * "Checked at the click" means read at most 30 s ago, and given up after 1.5 s; when whoever knows cannot answer, a
 * reading of at most 15 minutes counts.
 */
export const AT_THE_CLICK: ReadingRules = { freshMs: 30 * SECOND, usableMs: 15 * 60 * SECOND, waitMs: 1500 };

interface Kept<T> {
  readonly value: T;
  readonly asOfMs: number;
}

const MOST_KEPT = 5000;

/**
 * Readings of many things under their ids: fresh ones are kept, looks at the same thing at the same time are one look,
 * and a look that fails or takes too long falls back on what was read before.
 */
export class Readings<T> {
  readonly #look: (id: string) => Promise<T>;
  readonly #now: () => number;
  readonly #rules: ReadingRules;
  readonly #kept = new Map<string, Kept<T>>();
  readonly #underWay = new Map<string, Promise<Kept<T> | null>>();

  constructor(look: (id: string) => Promise<T>, now: () => number, rules: ReadingRules) {
    this.#look = look;
    this.#now = now;
    this.#rules = rules;
  }

  /** `null`: it could not be read, and no reading that still counts is at hand. */
  async get(id: string): Promise<Reading<T> | null> {
    const kept = this.#keptWithin(id, this.#rules.freshMs);
    if (kept !== null) return { ...kept, stale: false };
    const read = await this.#read(id);
    if (read !== null) return { ...read, stale: false };
    const old = this.#keptWithin(id, this.#rules.usableMs);
    return old === null ? null : { ...old, stale: true };
  }

  /** What was read of it is no longer true; a look that is under way is not kept either. */
  forget(id: string): void {
    this.#kept.delete(id);
    this.#underWay.delete(id);
  }

  /** A clock that was set back makes readings from the future; their age is unknown, so they do not count. */
  #keptWithin(id: string, ms: number): Kept<T> | null {
    const kept = this.#kept.get(id);
    if (kept === undefined) return null;
    const age = this.#now() - kept.asOfMs;
    return age >= 0 && age <= ms ? kept : null;
  }

  #read(id: string): Promise<Kept<T> | null> {
    const underWay = this.#underWay.get(id);
    if (underWay !== undefined) return underWay;
    const asOfMs = this.#now();
    const look: Promise<Kept<T> | null> = within(this.#rules.waitMs, "The look", this.#look(id)).then(
      (value) => this.#keep(id, look, { value, asOfMs }),
      () => this.#giveUp(id, look),
    );
    this.#underWay.set(id, look);
    return look;
  }

  #keep(id: string, look: Promise<unknown>, kept: Kept<T>): Kept<T> {
    if (this.#underWay.get(id) !== look) return kept;
    this.#underWay.delete(id);
    if (this.#kept.size >= MOST_KEPT) this.#prune();
    this.#kept.set(id, kept);
    return kept;
  }

  #giveUp(id: string, look: Promise<unknown>): null {
    if (this.#underWay.get(id) === look) this.#underWay.delete(id);
    return null;
  }

  #prune(): void {
    for (const [id] of this.#kept) if (this.#keptWithin(id, this.#rules.usableMs) === null) this.#kept.delete(id);
    const oldest = this.#kept.keys().next();
    if (this.#kept.size >= MOST_KEPT && oldest.done !== true) this.#kept.delete(oldest.value);
  }
}
