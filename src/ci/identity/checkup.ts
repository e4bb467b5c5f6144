import type { CiIssuer } from "../../domain/policy/policy.js";
import type { Fetch } from "../../lib/outbound.js";
import type { Trouble } from "../../usecases/ports/ports.js";
import { readKeys } from "./keys/read-keys.js";

/** Reads the keys of each issuer once, as the bot does, and says which cannot be read or have none that could be used. */
export async function checkIssuers(issuers: readonly CiIssuer[], fetch: Fetch): Promise<readonly Trouble[]> {
  const addresses = [...new Set(issuers.map(({ issuer }) => issuer))];
  const looked = await Promise.all(addresses.map((issuer) => lookAt(issuer, fetch)));
  return looked.flat();
}

async function lookAt(issuer: string, fetch: Fetch): Promise<readonly Trouble[]> {
  const read = await readKeys(issuer, fetch);
  if (!read.ok) return [{ word: "ci_keys_stale", problem: `The keys of ${issuer} cannot be read (${read.why}).` }];
  if (read.keys.size > 0) return [];
  const problem = `${issuer} publishes no key for RS256 that has an id and at least 2,048 bits, so none of its tokens counts.`;
  return [{ word: "ci_keys_stale", problem }];
}
