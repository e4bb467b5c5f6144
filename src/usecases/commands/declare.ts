import type { Declaration } from "../../domain/bypass/commands.js";
import { invokeRefusal } from "../../domain/bypass/decide/entitlement.js";
import { isOnRecord } from "../../domain/decisions/decision.js";
import { accountRefusal } from "../../domain/decisions/persons.js";
import { type Principal, personOfPrincipal } from "../../domain/decisions/principal.js";
import type { RefusalCode } from "../../domain/decisions/refusals.js";
import type { Answer, AvailablePaths, Who } from "../api.js";
import type { AppContext } from "../app-context.js";
import { handleCommand } from "../handle-command.js";
import { loadPrincipal } from "../people/load-principal.js";
import { recordSystem } from "../record-system.js";

/** Which paths are open to this person; asked before the modal is shown. */
export async function availablePaths(context: AppContext, who: Who): Promise<AvailablePaths> {
  const inForce = context.policy.current();
  const paths = Object.values(inForce.policy.paths);
  const invokers = [...new Set(paths.flatMap((path) => path.whoCanInvoke))];
  const by = await loadPrincipal(context, who.user, invokers);
  const code = accountRefusal(by);
  if (code !== null) return { kind: "refused", code };
  const open = paths.filter((path) => invokeRefusal(inForce.policy, path.id, by) === null).map((path) => path.id);
  return open.length === 0 ? { kind: "nothing", askRoles: invokers, inForce } : { kind: "paths", paths: open, inForce };
}

/** The declaration: opens the bypass and its review, posts the alert and pages, all from one committed statement. */
export async function declare(
  context: AppContext,
  who: Who,
  declaration: Declaration,
  commandId: string,
): Promise<Answer> {
  const path = context.policy.current().policy.paths[declaration.path];
  const by = await loadPrincipal(context, who.user, path?.whoCanInvoke ?? []);
  const again = declaration.again === null ? null : await knownBypass(context, declaration.again);
  const handled = await handleCommand(context, {
    n: null,
    commandId,
    // The policy that judges is the one in force when the command is made; it may have changed while Slack was asked.
    make: () => ({
      type: "declare",
      by,
      declaration: { ...declaration, again },
      policyHash: context.policy.current().hash,
    }),
  });
  if (!handled.ok) {
    await putOnRecord(context, by, handled.refusal.code, commandId);
    return { ok: false, refusal: handled.refusal, record: null };
  }
  const record = await context.queries.record(handled.n);
  if (record === null) throw new Error(`Bypass ${handled.n} was recorded but cannot be read back.`);
  return { ok: true, record, duplicate: handled.duplicate };
}

/** The bypass that this one follows, if there is one of that number. */
async function knownBypass(context: AppContext, n: number): Promise<number | null> {
  const { entries } = await context.ledger.load(n);
  return entries.length === 0 ? null : n;
}

/** Somebody without the right who gets as far as a submission has gone round the modal; that is worth an entry. */
async function putOnRecord(context: AppContext, by: Principal, code: RefusalCode, commandId: string): Promise<void> {
  if (!isOnRecord(code)) return;
  const event = { type: "attempt.refused", action: "declare", code } as const;
  await recordSystem(context, { event }, personOfPrincipal(by), `${commandId}!`);
}
