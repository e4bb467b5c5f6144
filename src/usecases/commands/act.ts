import type { BypassCommand } from "../../domain/bypass/commands.js";
import { decide } from "../../domain/bypass/decide/decide.js";
import { ALONE_WORDS, REJECTION_HOLDS_MS } from "../../domain/bypass/decide/proceed-alone.js";
import { maySeeTexts, relevantRoles } from "../../domain/bypass/decide/who-may.js";
import { fold } from "../../domain/bypass/evolve.js";
import type { Bypass } from "../../domain/bypass/state.js";
import { isComparable } from "../../domain/bypass/target.js";
import type { AccountStatus, Principal } from "../../domain/decisions/principal.js";
import { NAMES_PEOPLE, type Refusal } from "../../domain/decisions/refusals.js";
import { accountsOfPrincipal, usesRequestersAccount } from "../../domain/decisions/same-person.js";
import { accountsOf } from "../../domain/policy/roles.js";
import type { Action, Answer, Caller, Who } from "../api.js";
import type { AppContext } from "../app-context.js";
import { handleCommand } from "../handle-command.js";
import { loadPrincipal } from "../people/load-principal.js";
import type { BypassRecord } from "../ports/ports.js";
import { readBack, readForRefusal } from "../read-back.js";

/** Performs an action on an existing bypass. */
export async function act(
  context: AppContext,
  who: Caller,
  n: number,
  action: Action,
  commandId: string,
): Promise<Answer> {
  const inputs = await loadInputs(context, who, n, action.type);
  if (inputs === null) return { ok: false, refusal: { code: "not_found" }, record: null };
  const make = (): BypassCommand => commandOf(action, inputs, context.policy.current().hash);
  const handled = await handleCommand(context, { n, commandId, make, origin: who.origin });
  if (handled.ok) return { ok: true, record: await readBack(context, n), duplicate: handled.duplicate };
  const { refusal } = handled;
  const record = await visibleRecord(context, who, await readForRefusal(context, n), refusal);
  return { ok: false, refusal, record };
}

/** Withholds the record from a refusal that names people when this person may not see who they are. */
async function visibleRecord(
  context: AppContext,
  who: Who,
  record: BypassRecord | null,
  { code }: Refusal,
): Promise<BypassRecord | null> {
  if (record === null || !NAMES_PEOPLE.has(code)) return record;
  const { policy } = context.policy.current();
  const principal = await loadPrincipal(context, who.user, relevantRoles(policy, record.state));
  return maySeeTexts(policy, record.state, principal) ? record : null;
}

/** The refusal that the action would meet, checked before a modal opens; `null` when it is allowed. Records nothing. */
export async function canPerform(
  context: AppContext,
  who: Who,
  n: number,
  action: "deny" | "revoke" | "proceed_alone",
): Promise<Refusal | null> {
  const inputs = await loadInputs(context, who, n, action);
  if (inputs === null) return { code: "not_found" };
  const { policy, hash } = context.policy.current();
  const decision = decide(policy, inputs.state, commandOf(VALID_INPUT[action], inputs, hash), inputs.now);
  // A form that could only record a no after the end does not open: it takes what was being written when the end came.
  return decision.ok ? (decision.late ?? null) : decision.refusal;
}

/** Each modal filled in correctly: what is refused even then cannot be changed by typing. */
const VALID_INPUT = {
  deny: { type: "deny", reason: "asked" },
  revoke: { type: "revoke", reason: "asked" },
  proceed_alone: { type: "proceed_alone", typed: ALONE_WORDS },
} as const satisfies Partial<Record<Action["type"], Action>>;

/** What is read from Slack and the database before a command is made. */
interface ActionInputs {
  readonly state: Bypass;
  readonly now: Date;
  readonly by: Principal;
  readonly lastRejectedAt: string | null;
  readonly requester: AccountStatus | null;
}

async function loadInputs(
  context: AppContext,
  who: Who,
  n: number,
  action: Action["type"],
): Promise<ActionInputs | null> {
  const { entries, now } = await context.ledger.load(n);
  const state = fold(entries);
  if (state === null) return null;
  const [by, requester] = await Promise.all([
    loadPrincipal(context, who.user, rolesFor(context, state, action)),
    action === "approve" ? context.directory.account(state.requester.user) : null,
  ]);
  const goesAlone = action === "proceed_alone" && usesRequestersAccount(state, by);
  const lastRejectedAt = goesAlone ? await lastRejection(context, n, state, by, now) : null;
  return { state, now, by, lastRejectedAt, requester: requester?.accountStatus ?? null };
}

function commandOf(action: Action, { by, lastRejectedAt, requester }: ActionInputs, policyHash: string): BypassCommand {
  switch (action.type) {
    case "approve":
      return { ...action, by, policyHash, requester };
    case "proceed_alone":
      return { ...action, by, lastRejectedAt };
    case "deny":
    case "withdraw":
    case "close":
    case "revoke":
    case "log":
      return { ...action, by };
    default:
      return action satisfies never;
  }
}

/**
 * The roles that can matter for the action; only these are read from Slack. All steps count, as one may be reached
 * meanwhile.
 */
function rolesFor(context: AppContext, state: Bypass, action: Action["type"]): readonly string[] {
  const invokers = context.policy.current().policy.paths[state.path]?.whoCanInvoke ?? [];
  const ackers = [...state.ack.roles, ...state.steps.map((step) => step.role)];
  switch (action) {
    case "approve":
    case "deny":
    case "revoke":
      return [...new Set(ackers)];
    case "proceed_alone":
      return invokers;
    case "log":
      return [...new Set([...invokers, ...ackers])];
    case "withdraw":
    case "close":
      return [];
    default:
      return action satisfies never;
  }
}

/** When another person last said no to one of these gates, for the same target or the same requester. */
async function lastRejection(
  context: AppContext,
  n: number,
  state: Bypass,
  by: Principal,
  now: Date,
): Promise<string | null> {
  const record = await context.queries.record(n);
  const targetKey = isComparable(state.target.kind) ? (record?.entries[0]?.texts.target_key ?? null) : null;
  const since = new Date(now.getTime() - REJECTION_HOLDS_MS);
  const { policy } = context.policy.current();
  const accountsThen = state.accounts.flatMap((account) => accountsOf(policy, account));
  const accounts = [...new Set([...accountsThen, ...accountsOfPrincipal(policy, by)])];
  const at = await context.queries.lastRejection({ kind: state.kind, gates: state.gates, targetKey, accounts }, since);
  return at === null ? null : at.toISOString();
}
