import type { IssuerKey, KeysRead } from "./read-keys.js";

/** At most one attempt in this time, whatever comes in, and whether it succeeds or not. */
export const ATTEMPT_EVERY_MS = 30_000;
/** Keys are read anew this often. */
export const REFRESH_AFTER_MS = 5 * 60_000;
/** After a failed attempt, the next one. */
const RETRY_AFTER_MS = 60_000;
/** Good keys count this long without contact: an issuer that is away for a day does not shut the pipelines out. */
export const GOOD_FOR_MS = 24 * 60 * 60_000;

/** What an issuer's keys say to a key id. */
export type KeyFound = { readonly key: IssuerKey } | "unknown_key" | "keys_unavailable";

/** The keys of one issuer, as last read from it. */
export interface IssuerKeys {
  /** The key of this id. Reads the keys anew for an id that is not known, as often as that is allowed. Never rejects. */
  find(kid: string): Promise<KeyFound>;
  /** Reads the keys anew if that is due. Never rejects. */
  refreshDue(): Promise<void>;
  /** Milliseconds since the keys were last read; `null` before the first time. */
  ageMs(): number | null;
  /** Whether an attempt to read the keys has ended. */
  wasTried(): boolean;
}

/** @param nowMs milliseconds that are never set back */
export function createIssuerKeys(
  read: () => Promise<KeysRead>,
  nowMs: () => number,
  told: (read: KeysRead) => void,
): IssuerKeys {
  let keys: ReadonlyMap<string, IssuerKey> = new Map();
  let readAt: number | null = null;
  let begunAt: number | null = null;
  let lastFailed = false;
  let tried = false;
  let attempting: Promise<void> | null = null;

  const attempt = async (): Promise<void> => {
    // The answer is as old as the question: counted from its begin, the keys are never thought younger than they are.
    const begun = nowMs();
    begunAt = begun;
    const result = await read();
    tried = true;
    lastFailed = !result.ok;
    if (result.ok) {
      // A key that is no longer there was withdrawn; it counts no longer from here on.
      keys = result.keys;
      readAt = begun;
    }
    told(result);
  };

  /** Joins the attempt under way, begins one if that is allowed, or does nothing. */
  const tryAnew = (): Promise<void> => {
    if (attempting !== null) return attempting;
    if (begunAt !== null && nowMs() - begunAt < ATTEMPT_EVERY_MS) return Promise.resolve();
    attempting = attempt().finally(() => {
      attempting = null;
    });
    return attempting;
  };

  const ageMs = (): number | null => (readAt === null ? null : nowMs() - readAt);
  const known = (kid: string): IssuerKey | null => {
    const age = ageMs();
    return age !== null && age <= GOOD_FOR_MS ? (keys.get(kid) ?? null) : null;
  };

  return {
    find: async (kid) => {
      const held = known(kid);
      if (held !== null) return { key: held };
      await tryAnew();
      const found = known(kid);
      if (found !== null) return { key: found };
      const age = ageMs();
      // After a failed attempt, nobody can tell a key that is new from one that was never there.
      return age === null || age > GOOD_FOR_MS || lastFailed ? "keys_unavailable" : "unknown_key";
    },
    refreshDue: async () => {
      const sinceBegun = begunAt === null ? Number.POSITIVE_INFINITY : nowMs() - begunAt;
      if (sinceBegun >= (lastFailed ? RETRY_AFTER_MS : REFRESH_AFTER_MS)) await tryAnew();
    },
    ageMs,
    wasTried: () => tried,
  };
}
