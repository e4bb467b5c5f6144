import { ackRefusal, invokeRefusal } from "../../domain/bypass/decide/who-may.js";
import { fold } from "../../domain/bypass/evolve.js";
import type { BypassState } from "../../domain/bypass/state.js";
import { refusalOf } from "../../domain/decisions/refusals.js";
import { accountRefusal } from "../../domain/decisions/same-person.js";
import { NotRecorded } from "../../lib/errors.js";
import type { HomeContent, Who } from "../api.js";
import type { AppContext } from "../app-context.js";
import { loadPrincipal } from "../people/load-principal.js";
import type { BypassSummary } from "../ports/ports.js";
import { readings } from "./stats.js";
import { waitsOf } from "./waits-and-overdue.js";

/** The most open bypasses that are read; the newest, of which the Home shows a few. */
const MOST_OPEN = 50;
/** The most requests that are checked for whether this person may answer them; there are hardly ever more. */
const MAX_REQUESTS = 20;

/** What waits for one person, what is open now, and the readings of the gates. */
export async function homeOf(context: AppContext, who: Who): Promise<HomeContent> {
  const { policy } = context.policy.current();
  const principal = await loadPrincipal(context, who.user, Object.keys(policy.roles));
  const code = accountRefusal(principal);
  if (code !== null) return { ok: false, ...refusalOf(principal, code) };
  const [open, waits, gates] = await Promise.all([
    context.queries.open(MOST_OPEN),
    waitsOf(context, who.user),
    readings(context, who),
  ]);
  const requested = open.bypasses.filter(({ status }) => status === "requested").slice(0, MAX_REQUESTS);
  const mayAnswer = (state: BypassState): boolean => state !== null && ackRefusal(policy, state, principal) === null;
  const states = await Promise.all(requested.map(async (bypass) => ({ bypass, read: await stateOf(context, bypass) })));
  return {
    ok: true,
    now: open.now,
    mayInvoke: Object.keys(policy.paths).some((path) => invokeRefusal(policy, path, principal) === null),
    acks: states.flatMap(({ bypass, read }) => (read !== UNREADABLE && mayAnswer(read) ? [bypass] : [])),
    unreadable: states.flatMap(({ bypass: { n }, read }) => (read === UNREADABLE ? [n] : [])),
    waits,
    open: open.bypasses,
    openInAll: open.total,
    readings: gates.ok ? gates.readings : [],
  };
}

const UNREADABLE = "unreadable";

/** One bypass with an unreadable entry must not take the Home from everybody; the Home says that it cannot be read. */
async function stateOf(context: AppContext, { n }: BypassSummary): Promise<BypassState | typeof UNREADABLE> {
  try {
    return fold((await context.ledger.load(n)).entries);
  } catch (error) {
    if (error instanceof NotRecorded) throw error;
    context.log.warn("home.unreadable", { bypass: n, error });
    return UNREADABLE;
  }
}
