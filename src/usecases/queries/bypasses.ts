import { maySeeTexts, relevantRoles } from "../../domain/bypass/decide/who-may.js";
import { refusalOf } from "../../domain/decisions/refusals.js";
import { accountRefusal } from "../../domain/decisions/same-person.js";
import { NotRecorded } from "../../lib/errors.js";
import type { Listing, Shown, Who } from "../api.js";
import type { AppContext } from "../app-context.js";
import { loadPrincipal } from "../people/load-principal.js";
import type { BypassRecord } from "../ports/ports.js";

/** More than any list shows. */
const LIST_LIMIT = 50;

/** The bypasses that are requested or active now. */
export async function status(context: AppContext, who: Who): Promise<Listing> {
  const principal = await loadPrincipal(context, who.user, []);
  const code = accountRefusal(principal);
  if (code !== null) return { ok: false, ...refusalOf(principal, code) };
  return { ok: true, ...(await context.queries.open(LIST_LIMIT)) };
}

/** Open reviews, the one due first on top. */
export async function reviews(context: AppContext, who: Who): Promise<Listing> {
  const principal = await loadPrincipal(context, who.user, []);
  const code = accountRefusal(principal);
  if (code !== null) return { ok: false, ...refusalOf(principal, code) };
  return { ok: true, ...(await context.queries.reviews(LIST_LIMIT)) };
}

/** One bypass. `texts` says whether this person may see its free texts. */
export async function show(context: AppContext, who: Who, n: number): Promise<Shown> {
  const record = await recordOf(context, n);
  if (record === "unreadable") return { ok: false, refusal: { code: "unreadable" } };
  if (record === null) return { ok: false, refusal: { code: "not_found" } };
  const { policy } = context.policy.current();
  const principal = await loadPrincipal(context, who.user, relevantRoles(policy, record.state));
  const code = accountRefusal(principal);
  if (code !== null) return { ok: false, refusal: refusalOf(principal, code) };
  return { ok: true, seen: { record, texts: maySeeTexts(policy, record.state, principal) } };
}

/** How many uses are shown. */
const MOST_USES = 10;

/** The record of a bypass with the runs that used its grant; `null` when there is no such bypass. */
export async function recordWithUses({ queries }: AppContext, n: number): Promise<BypassRecord | null> {
  const [record, uses] = await Promise.all([queries.record(n), queries.usesOf(n, MOST_USES)]);
  return record === null ? null : { ...record, uses };
}

/** Whoever asks for a bypass with an unreadable entry is told so: trying again does not help. */
async function recordOf(context: AppContext, n: number): Promise<BypassRecord | null | "unreadable"> {
  try {
    return await recordWithUses(context, n);
  } catch (error) {
    if (error instanceof NotRecorded) throw error;
    context.log.warn("show.unreadable", { bypass: n, error });
    return "unreadable";
  }
}
