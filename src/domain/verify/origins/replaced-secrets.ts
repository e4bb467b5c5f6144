import { DAY_MS } from "../../calendar/time.js";

/** How long requests that the old secret signed may still come in after the first one that a new secret signed. */
const OVERLAP_MS = DAY_MS;

/**
 * Follows which signing secret is in use: one is replaced once another that was first used later has been in use for a day. A secret is
 * replaced because somebody may have learned it, so it proves nothing from then on.
 * @returns whether the secret with that number had been replaced at that time (ISO); called in the order of the trail
 */
export function createReplacedSecrets(): (secret: number, at: string) => boolean {
  const firstUsed = new Map<number, number>();
  return (secret, at) => {
    const now = Date.parse(at);
    const since = firstUsed.get(secret) ?? now;
    firstUsed.set(secret, since);
    return [...firstUsed.values()].some((later) => later > since && now - later > OVERLAP_MS);
  };
}
