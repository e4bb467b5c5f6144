import type { BypassCommand } from "../../domain/bypass/commands.js";
import { ALONE_WORDS, DENY_HOLDS_MS } from "../../domain/bypass/decide/ack.js";
import { decide } from "../../domain/bypass/decide/decide.js";
import { maySeeTexts, relevantRoles } from "../../domain/bypass/decide/entitlement.js";
import { fold } from "../../domain/bypass/evolve.js";
import type { Bypass } from "../../domain/bypass/state.js";
import { isRequester } from "../../domain/decisions/persons.js";
import type { AccountStatus, Principal } from "../../domain/decisions/principal.js";
import type { Refusal, RefusalCode } from "../../domain/decisions/refusals.js";
import { accountsOf } from "../../domain/policy/roles.js";
import type { Action, Answer, Who } from "../api.js";
import type { AppContext } from "../app-context.js";
import { handleCommand } from "../handle-command.js";
import { loadPrincipal } from "../people/load-principal.js";
import type { BypassRecord } from "../ports/ports.js";

/** Does what somebody pressed or typed on a bypass that exists. */
export async function act(
  context: AppContext,
  who: Who,
  n: number,
  action: Action,
  commandId: string,
): Promise<Answer> {
  const ground = await readGround(context, who, n, action.type);
  if (ground === null) return { ok: false, refusal: { code: "not_found" }, record: null };
  const make = (): BypassCommand => commandOf(action, ground, context.policy.current().hash);
  const handled = await handleCommand(context, { n, commandId, make });
  const record = await context.queries.record(n);
  if (!handled.ok)
    return { ok: false, refusal: handled.refusal, record: await asSeen(context, who, record, handled.refusal) };
  if (record === null) throw new Error(`Bypass ${n} was changed but cannot be read back.`);
  return { ok: true, record, duplicate: handled.duplicate };
}

/** Which refusals have sentences that name the requester or who settled it. */
const NAMING: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  "not_requester",
  "not_requested",
  "not_active",
  "past_end",
]);

/** A refusal names people only to those who may see who they are. */
async function asSeen(
  context: AppContext,
  who: Who,
  record: BypassRecord | null,
  { code }: Refusal,
): Promise<BypassRecord | null> {
  if (record === null || !NAMING.has(code)) return record;
  const { policy } = context.policy.current();
  const principal = await loadPrincipal(context, who.user, relevantRoles(policy, record.state));
  return maySeeTexts(policy, record.state, principal) ? record : null;
}

/** What stands in the way before a modal is opened; `null` when nothing does. Changes nothing, records nothing. */
export async function canPerform(
  context: AppContext,
  who: Who,
  n: number,
  action: "deny" | "revoke" | "proceed_alone",
): Promise<Refusal | null> {
  const ground = await readGround(context, who, n, action);
  if (ground === null) return { code: "not_found" };
  const { policy, hash } = context.policy.current();
  const decision = decide(policy, ground.state, commandOf(WELL_FILLED[action], ground, hash), ground.now);
  return decision.ok ? null : decision.refusal;
}

/** Each modal as if it had been filled in rightly: what is refused then, no typing can change. */
const WELL_FILLED = {
  deny: { type: "deny", reason: "asked" },
  revoke: { type: "revoke", reason: "asked" },
  proceed_alone: { type: "proceed_alone", typed: ALONE_WORDS },
} as const satisfies Partial<Record<Action["type"], Action>>;

/** What is read from Slack and the tables before a command is made. */
interface Ground {
  readonly state: Bypass;
  readonly now: Date;
  readonly by: Principal;
  readonly lastDenyAt: string | null;
  readonly requester: AccountStatus | null;
}

async function readGround(context: AppContext, who: Who, n: number, action: Action["type"]): Promise<Ground | null> {
  const { entries, now } = await context.ledger.load(n);
  const state = fold(entries);
  if (state === null) return null;
  const [by, requester] = await Promise.all([
    loadPrincipal(context, who.user, rolesFor(context, state, action)),
    action === "approve" ? context.directory.account(state.requester.user) : null,
  ]);
  const wantsDeny = action === "proceed_alone" && isRequester(state, by);
  const lastDenyAt = wantsDeny ? await lastDeny(context, n, state, now) : null;
  return { state, now, by, lastDenyAt, requester: requester?.accountStatus ?? null };
}

function commandOf(action: Action, { by, lastDenyAt, requester }: Ground, policyHash: string): BypassCommand {
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

/** Only the roles that the action may be judged by are read from Slack; a step may be raised while they are. */
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

/** The newest Deny of a gate of this bypass: of the same target, or of the same requester whatever the target was called. */
async function lastDeny(context: AppContext, n: number, state: Bypass, now: Date): Promise<string | null> {
  const record = await context.queries.record(n);
  const targetKey = record?.entries[0]?.texts.target_key ?? null;
  const since = new Date(now.getTime() - DENY_HOLDS_MS);
  const { policy } = context.policy.current();
  const accounts = [...new Set(state.accounts.flatMap((account) => [account, ...accountsOf(policy, account)]))];
  const at = await context.queries.lastDeny({ gates: state.gates, targetKey, accounts }, since);
  return at === null ? null : at.toISOString();
}
