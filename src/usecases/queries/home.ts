import { ackRefusal, invokeRefusal } from "../../domain/bypass/decide/entitlement.js";
import { fold } from "../../domain/bypass/evolve.js";
import { accountRefusal } from "../../domain/decisions/persons.js";
import { refusalOf } from "../../domain/decisions/refusals.js";
import type { HomeContent, Who } from "../api.js";
import type { AppContext } from "../app-context.js";
import { loadPrincipal } from "../people/load-principal.js";
import type { BypassSummary } from "../ports/ports.js";
import { readings } from "./stats.js";
import { waitsOf } from "./waiting.js";

/** The most requests that are checked for whether this person may answer them; there are hardly ever more. */
const MAX_REQUESTS = 20;

/** What waits for one person, what is open now, and the readings of the gates. */
export async function homeOf(context: AppContext, who: Who): Promise<HomeContent> {
  const { policy } = context.policy.current();
  const principal = await loadPrincipal(context, who.user, Object.keys(policy.roles));
  const code = accountRefusal(principal);
  if (code !== null) return { ok: false, ...refusalOf(principal, code) };
  const [open, waits, gates] = await Promise.all([
    context.queries.open(),
    waitsOf(context, who.user),
    readings(context, who),
  ]);
  const requested = open.bypasses.filter(({ status }) => status === "requested").slice(0, MAX_REQUESTS);
  const mayAnswer = async ({ n }: BypassSummary): Promise<boolean> => {
    const state = fold((await context.ledger.load(n)).entries);
    return state !== null && ackRefusal(policy, state, principal) === null;
  };
  const answerable = await Promise.all(requested.map(async (bypass) => ((await mayAnswer(bypass)) ? [bypass] : [])));
  return {
    ok: true,
    now: open.now,
    mayInvoke: Object.keys(policy.paths).some((path) => invokeRefusal(policy, path, principal) === null),
    acks: answerable.flat(),
    waits,
    open: open.bypasses,
    readings: gates.ok ? gates.readings : [],
  };
}
