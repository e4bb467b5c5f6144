import type { BypassCommand } from "../../domain/bypass/commands.js";
import { decide } from "../../domain/bypass/decide/decide.js";
import { maySeeTexts, relevantRoles } from "../../domain/bypass/decide/entitlement.js";
import { ALONE_WORDS, DENY_HOLDS_MS } from "../../domain/bypass/decide/proceed-alone.js";
import { fold } from "../../domain/bypass/evolve.js";
import type { Bypass } from "../../domain/bypass/state.js";
import { usesRequestersAccount } from "../../domain/decisions/persons.js";
import type { AccountStatus, Principal } from "../../domain/decisions/principal.js";
import type { Refusal, RefusalCode } from "../../domain/decisions/refusals.js";
import { accountsOf } from "../../domain/policy/roles.js";
import type { Action, Answer, Who } from "../api.js";
import type { AppContext } from "../app-context.js";
import { handleCommand } from "../handle-command.js";
import { loadPrincipal } from "../people/load-principal.js";
import type { BypassRecord } from "../ports/ports.js";

/** Performs an action on an existing bypass. */
export async function act(
  context: AppContext,
  who: Who,
  n: number,
  action: Action,
  commandId: string,
): Promise<Answer> {
  const inputs = await loadInputs(context, who, n, action.type);
  if (inputs === null) return { ok: false, refusal: { code: "not_found" }, record: null };
  const make = (): BypassCommand => commandOf(action, inputs, context.policy.current().hash);
  const handled = await handleCommand(context, { n, commandId, make });
  const record = await context.queries.record(n);
  if (!handled.ok)
    return { ok: false, refusal: handled.refusal, record: await visibleRecord(context, who, record, handled.refusal) };
  if (record === null) throw new Error(`Bypass ${n} was changed but cannot be read back.`);
  return { ok: true, record, duplicate: handled.duplicate };
}

/** Refusals whose messages name the requester or the person who settled the request. */
const NAMES_PEOPLE: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  "not_requester",
  "not_requested",
  "not_active",
  "past_end",
]);

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
  return decision.ok ? null : decision.refusal;
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
  readonly lastDenyAt: string | null;
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
  const wantsDeny = action === "proceed_alone" && usesRequestersAccount(state, by);
  const lastDenyAt = wantsDeny ? await lastDeny(context, n, state, now) : null;
  return { state, now, by, lastDenyAt, requester: requester?.accountStatus ?? null };
}

function commandOf(action: Action, { by, lastDenyAt, requester }: ActionInputs, policyHash: string): BypassCommand {
  switch (action.type) {
    case "approve":
      return { ...action, by, policyHash, requester };
    case "proceed_alone":
      return { ...action, by, lastDenyAt };
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

/** Time of the newest Deny of one of these gates for the same target, or for the same requester and any target. */
async function lastDeny(context: AppContext, n: number, state: Bypass, now: Date): Promise<string | null> {
  const record = await context.queries.record(n);
  const targetKey = record?.entries[0]?.texts.target_key ?? null;
  const since = new Date(now.getTime() - DENY_HOLDS_MS);
  const { policy } = context.policy.current();
  const accounts = [...new Set(state.accounts.flatMap((account) => accountsOf(policy, account)))];
  const at = await context.queries.lastDeny({ gates: state.gates, targetKey, accounts }, since);
  return at === null ? null : at.toISOString();
}
