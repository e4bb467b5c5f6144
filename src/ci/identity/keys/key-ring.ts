import type { Fetch } from "../../../lib/outbound.js";
import type { Log, PolicySource } from "../../../usecases/ports/ports.js";
import { type DegradedEntry, entryOf, hintOf } from "../../../usecases/ports/readyz-words.js";
import { createIssuerKeys, type IssuerKeys, type KeyFound } from "./issuer-keys.js";
import { type KeysRead, readKeys } from "./read-keys.js";

export interface KeyRingSettings {
  readonly policy: PolicySource;
  readonly fetch: Fetch;
  readonly log: Log;
  /** Milliseconds that are never set back. */
  readonly nowMs: () => number;
}

/** The keys of all issuers that the policy in force names. */
export interface KeyRing {
  /** Finds the key of an issuer that the policy names. Never rejects. */
  find(issuer: string, kid: string): Promise<KeyFound>;
  /** Reads anew what is due, all issuers at once, and forgets those that the policy no longer names. Never rejects. */
  refreshDue(): Promise<void>;
  /** How old the keys of each issuer are, in seconds; `null` where they were never read. */
  ages(): readonly { readonly issuer: string; readonly ageS: number | null }[];
  /** Issuers whose keys are older than three refreshes, or never came, with their age, as an entry for `/readyz`. */
  trouble(): readonly DegradedEntry[];
}

/** Three refreshes have failed by then; the keys go on counting for the rest of the day. */
const STALE_AFTER_MS = 15 * 60_000;

/** Creates the ring. It reads nothing before it is asked to. */
export function createKeyRing({ policy, fetch, log, nowMs }: KeyRingSettings): KeyRing {
  const rings = new Map<string, IssuerKeys>();
  const failing = new Map<string, string>();

  const issuers = (): readonly string[] => [...new Set(policy.current().policy.ci.issuers.map(({ issuer }) => issuer))];
  /** Logs the first failure of its kind, and the recovery: a line a minute would hide the next fault. */
  const tell = (issuer: string, read: KeysRead): void => {
    if (read.ok) {
      if (failing.delete(issuer)) log.info("ci_keys.read_again", { issuer });
      if (read.keys.size === 0) log.warn("ci_keys.none", { issuer, hint: "The issuer has no key for RS256." });
      return;
    }
    if (failing.get(issuer) === read.why) return;
    failing.set(issuer, read.why);
    log.warn("ci_keys.unread", { issuer, code: read.why, hint: hintOf("ci_keys_stale") });
  };
  const of = (issuer: string): IssuerKeys => {
    const known = rings.get(issuer);
    if (known !== undefined) return known;
    const made = createIssuerKeys(
      () => readKeys(issuer, fetch),
      nowMs,
      (read) => tell(issuer, read),
    );
    rings.set(issuer, made);
    return made;
  };

  return {
    find: (issuer, kid) => of(issuer).find(kid),
    refreshDue: async () => {
      const named = issuers();
      for (const issuer of [...rings.keys()].filter((one) => !named.includes(one))) {
        rings.delete(issuer);
        failing.delete(issuer);
      }
      await Promise.all(named.map((issuer) => of(issuer).refreshDue()));
    },
    ages: () =>
      issuers().map((issuer) => {
        const age = rings.get(issuer)?.ageMs() ?? null;
        return { issuer, ageS: age === null ? null : Math.floor(age / 1000) };
      }),
    trouble: () =>
      entryOf(
        "ci_keys_stale",
        issuers().flatMap((issuer) => {
          const age = rings.get(issuer)?.ageMs() ?? null;
          const isStale = age === null ? rings.get(issuer)?.wasTried() === true : age > STALE_AFTER_MS;
          return isStale ? [`${issuer}=${age === null ? "never_read" : `${Math.floor(age / 60_000)}m`}`] : [];
        }),
      ),
  };
}
