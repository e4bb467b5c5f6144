import { DAY_MS } from "../../calendar/time.js";

/** How long requests that the old secret signed may still come in after the first one that a new secret signed. */
const OVERLAP_MS = DAY_MS;

/** Follows which signing secret is in use, by the requests that each of them signed. */
export interface SecretsInUse {
  /**
   * A request that the secret with that number signed, in the order of the trail. Returns whether the secret had been
   * replaced by then: another one that was first used later had been in use for a day. A secret is replaced because somebody
   * may have learned it, so it proves nothing from then on.
   */
  isReplaced(secret: number, at: string): boolean;
  /** Whether a secret was used for the first time after the one time (ISO) and until the other. */
  isAnyNew(after: string, until: string): boolean;
}

/** Creates it without any secret in use. */
export function createSecretsInUse(): SecretsInUse {
  const firstUsed = new Map<number, number>();
  return {
    isReplaced: (secret, at) => {
      const now = Date.parse(at);
      const since = firstUsed.get(secret) ?? now;
      firstUsed.set(secret, since);
      return [...firstUsed.values()].some((later) => later > since && now - later > OVERLAP_MS);
    },
    isAnyNew: (after, until) =>
      [...firstUsed.values()].some((first) => first > Date.parse(after) && first <= Date.parse(until)),
  };
}
