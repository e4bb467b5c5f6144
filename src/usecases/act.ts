import type { BypassCommand } from "../domain/bypass/commands.js";
import { aloneRefusal, DENY_HOLDS_MS } from "../domain/bypass/decide/ack.js";
import { ackRoles, answerRefusal, requesterRefusal } from "../domain/bypass/decide/entitlement.js";
import type { Refusal } from "../domain/bypass/refusals.js";
import type { Bypass } from "../domain/bypass/state.js";
import type { Action, Answer, Who } from "./api.js";
import type { Core } from "./core.js";
import { readFacts } from "./facts.js";
import { handleCommand } from "./handle-command.js";
import type { BypassRecord } from "./ports.js";

/** Does what somebody pressed or typed on a bypass that exists. */
export async function act(core: Core, who: Who, n: number, action: Action, commandId: string): Promise<Answer> {
  const handled = await handleCommand(core, {
    n,
    commandId,
    make: (now, state) => commandOf(core, who, n, state, action, now),
  });
  const record = await core.queries.record(n);
  if (!handled.ok) return { ok: false, refusal: handled.refusal, record };
  if (record === null) throw new Error(`Bypass ${n} was changed but cannot be read back.`);
  return { ok: true, record, duplicate: handled.duplicate };
}

/** What stands in the way before a modal is opened; `null` when nothing does. Changes nothing, records nothing. */
export async function mayStart(
  core: Core,
  who: Who,
  n: number,
  action: "deny" | "revoke" | "proceed_alone",
): Promise<Refusal | null> {
  const record = await core.queries.record(n);
  if (record === null) return { code: "not_found" };
  const { state, now } = record;
  const by = await readFacts(core, who.user, rolesFor(core, state, action));
  if (action === "proceed_alone") {
    const lastDenyAt = await lastDeny(core, record, now);
    const barred = aloneRefusal(core.policy.current().policy, state, { by, lastDenyAt }, now.toISOString());
    return barred === null || barred.ok ? null : barred.refusal;
  }
  const code = answerRefusal(core.policy.current().policy, state, by);
  if (code !== null) return { code };
  if (action === "deny") return state.status === "requested" ? null : { code: "not_requested" };
  return state.status === "active" ? null : { code: "not_active" };
}

async function commandOf(
  core: Core,
  who: Who,
  n: number,
  state: Bypass,
  action: Action,
  now: Date,
): Promise<BypassCommand> {
  const by = await readFacts(core, who.user, rolesFor(core, state, action.type));
  if (action.type !== "proceed_alone") return { ...action, by };
  const record = requesterRefusal(state, by) === null ? await core.queries.record(n) : null;
  return { ...action, by, lastDenyAt: record === null ? null : await lastDeny(core, record, now) };
}

/** Only the roles that the action is judged by are read from Slack. */
function rolesFor(core: Core, state: Bypass, action: Action["type"]): readonly string[] {
  const invokers = core.policy.current().policy.paths[state.path]?.whoCanInvoke ?? [];
  switch (action) {
    case "approve":
    case "deny":
    case "revoke":
      return ackRoles(state);
    case "proceed_alone":
      return invokers;
    case "log":
      return [...new Set([...invokers, ...ackRoles(state)])];
    case "withdraw":
    case "close":
      return [];
    default:
      return action satisfies never;
  }
}

async function lastDeny(core: Core, record: BypassRecord, now: Date): Promise<string | null> {
  const { state, entries } = record;
  const targetKey = state.target.key ?? entries[0]?.texts.target_key ?? null;
  if (targetKey === null) return null;
  const since = new Date(now.getTime() - DENY_HOLDS_MS);
  const at = await core.queries.lastDeny({ gates: state.gates, targetKind: state.target.kind, targetKey }, since);
  return at === null ? null : at.toISOString();
}
