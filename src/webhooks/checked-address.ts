import { within } from "../lib/deadline.js";
import { isAddress, isReachable } from "../lib/inner-addresses.js";

/** Resolves a name to all of its addresses, as `dns.promises.lookup` does with `all`. */
export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>;

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** Resolvers try for half a minute, as long as a row of the outbox is held. */
const RESOLVE_MS = 5_000;

/** The addresses that a delivery may connect to, or why it may not. */
export type CheckedAddresses =
  | { readonly ok: true; readonly addresses: readonly ResolvedAddress[] }
  | { readonly ok: false; readonly code: "address_refused" | "not_resolved" };

/**
 * Resolves the host of a URL once and checks every address. The connection then goes to what was checked, and nobody asks
 * the resolver again: a name that first leads outside and then inside reaches nothing inside. One address that is not
 * allowed refuses them all, because only an attack mixes them.
 * @param hostname as `URL` gives it, with brackets around IPv6
 * @param allowed see `isReachable`
 */
export async function checkAddresses(
  hostname: string,
  allowed: readonly string[],
  resolve: Resolve,
): Promise<CheckedAddresses> {
  const host = hostname.replace(/^\[|\]$/g, "");
  const literal = isAddress(host) ? [{ address: host, family: host.includes(":") ? 6 : 4 }] : null;
  const addresses = literal ?? (await within(RESOLVE_MS, "The resolver", resolve(host)).catch(() => []));
  if (addresses.length === 0) return { ok: false, code: "not_resolved" };
  return addresses.every(({ address }) => isReachable(address, allowed))
    ? { ok: true, addresses }
    : { ok: false, code: "address_refused" };
}
