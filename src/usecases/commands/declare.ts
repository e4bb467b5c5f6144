import type { Declaration } from "../../domain/bypass/commands.js";
import { DRILLS_WITHIN_MS } from "../../domain/bypass/decide/declare.js";
import { invokeRefusal } from "../../domain/bypass/decide/who-may.js";
import type { Principal } from "../../domain/decisions/principal.js";
import { refusalOf } from "../../domain/decisions/refusals.js";
import { accountRefusal } from "../../domain/decisions/same-person.js";
import { accountsOf } from "../../domain/policy/roles.js";
import type { Answer, AvailablePaths, Caller, Who } from "../api.js";
import type { AppContext } from "../app-context.js";
import { handleCommand } from "../handle-command.js";
import { loadPrincipal } from "../people/load-principal.js";
import { readBack } from "../read-back.js";
import { recordRefusedAttempt } from "../record-system.js";

/** The paths that this person may invoke. Called before the modal is shown. */
export async function availablePaths(context: AppContext, who: Who): Promise<AvailablePaths> {
  const inForce = context.policy.current();
  const paths = Object.values(inForce.policy.paths);
  const invokers = [...new Set(paths.flatMap((path) => path.whoCanInvoke))];
  const by = await loadPrincipal(context, who.user, invokers);
  const code = accountRefusal(by);
  if (code !== null) return { kind: "refused", ...refusalOf(by, code) };
  const open = paths.filter((path) => invokeRefusal(inForce.policy, path.id, by) === null).map((path) => path.id);
  return open.length === 0 ? { kind: "nothing", askRoles: invokers, inForce } : { kind: "paths", paths: open, inForce };
}

/** Declares a bypass: one committed statement opens it and its review, and queues the alert and the pages. */
export async function declare(
  context: AppContext,
  who: Caller,
  declaration: Declaration,
  commandId: string,
): Promise<Answer> {
  const path = context.policy.current().policy.paths[declaration.path];
  const by = await loadPrincipal(context, who.user, path?.whoCanInvoke ?? []);
  const drills = declaration.kind === "drill" ? await drillsOf(context, by) : [];
  const again = declaration.again === null ? null : await knownBypass(context, declaration.again);
  const handled = await handleCommand(context, {
    n: null,
    commandId,
    origin: who.origin,
    // The policy is read when the command is made, because it may have changed while Slack was asked.
    make: () => ({
      type: "declare",
      by,
      declaration: { ...declaration, again },
      drills,
      policyHash: context.policy.current().hash,
    }),
  });
  if (!handled.ok) {
    // A person who is not entitled can only submit by bypassing the modal.
    await recordRefusedAttempt(context, by, "declare", handled.refusal.code, who.origin);
    return { ok: false, refusal: handled.refusal, record: null };
  }
  return { ok: true, record: await readBack(context, handled.n), duplicate: handled.duplicate };
}

async function drillsOf(context: AppContext, by: Principal): Promise<readonly string[]> {
  const accounts = accountsOf(context.policy.current().policy, by.user);
  const now = await context.ledger.now();
  return context.queries.drillsOf(accounts, new Date(now.getTime() - DRILLS_WITHIN_MS));
}

/** `n` when there is a bypass of that number, else `null`. */
async function knownBypass(context: AppContext, n: number): Promise<number | null> {
  const { entries } = await context.ledger.load(n);
  return entries.length === 0 ? null : n;
}
