import { decide } from "../../domain/bypass/decide/decide.js";
import { fold } from "../../domain/bypass/evolve.js";
import type { Bypass } from "../../domain/bypass/state.js";
import { isSamePerson } from "../../domain/decisions/persons.js";
import type { Principal } from "../../domain/decisions/principal.js";
import type { Refusal } from "../../domain/decisions/refusals.js";
import type { ReviewCommand } from "../../domain/review/commands.js";
import type { ReviewForm } from "../../domain/review/form.js";
import { reviewerRoles } from "../../domain/review/state.js";
import { findSecret } from "../../domain/text/secrets.js";
import type { Answer, Breakglass, ReviewAction, ReviewDesk, Who } from "../api.js";
import type { AppContext } from "../app-context.js";
import { handleCommand } from "../handle-command.js";
import { loadPrincipal } from "../people/load-principal.js";
import { membersHolding } from "../people/role-holders.js";

/** Does what somebody pressed or typed on the review of a bypass. What a refused form held is kept as a draft. */
export async function review(
  context: AppContext,
  who: Who,
  n: number,
  action: ReviewAction,
  commandId: string,
): Promise<Answer> {
  const ground = await readGround(context, who, n, action.type);
  if (ground === null) return { ok: false, refusal: { code: "not_found" }, record: null };
  const strangers = action.type === "submit_review" ? await strangersIn(context, action.form) : [];
  const handled = await handleCommand(context, { n, commandId, make: () => commandOf(action, ground, strangers) });
  if (!handled.ok && action.type === "submit_review") await keepDraft(context, who, n, action.form);
  const record = await context.queries.record(n);
  if (!handled.ok) return { ok: false, refusal: handled.refusal, record };
  if (record === null) throw new Error(`Bypass ${n} was changed but cannot be read back.`);
  return { ok: true, record, duplicate: handled.duplicate };
}

/** Refusals that a well filled form would not meet: they say that it must be filled in, not who may. */
const OF_THE_FORM: ReadonlySet<Refusal["code"]> = new Set<Refusal["code"]>([
  "invalid_review",
  "review_changed",
  "reason_missing",
  "date_invalid",
]);

/** Whether the form may be opened, and what it is drawn from. Changes nothing, records nothing. */
export async function openReview(
  context: AppContext,
  who: Who,
  n: number,
  action: ReviewAction["type"],
  which = 1,
): Promise<{ ok: true; desk: ReviewDesk } | { ok: false; refusal: Refusal }> {
  const ground = await readGround(context, who, n, action);
  if (ground === null) return { ok: false, refusal: { code: "not_found" } };
  const { policy } = context.policy.current();
  const decision = decide(policy, ground.state, commandOf(empty(action, which), ground), ground.now);
  if (!decision.ok && !OF_THE_FORM.has(decision.refusal.code)) return { ok: false, refusal: decision.refusal };
  const [record, draft] = await Promise.all([context.queries.record(n), context.queries.draft(n, who.user)]);
  return record === null ? { ok: false, refusal: { code: "not_found" } } : { ok: true, desk: { record, draft } };
}

/** Keeps what was written so far, under the writer's account; a text that looks like a secret is not kept anywhere. */
export async function keepDraft(
  context: AppContext,
  who: Who,
  n: number,
  form: ReviewForm,
): ReturnType<Breakglass["keepDraft"]> {
  const typed = [form.lesson, ...form.actions.map(({ what }) => what)];
  // Characters that PostgreSQL cannot store would take the whole draft with them.
  const kept = (text: string): string => (findSecret(text) === null ? text.replace(/[\0\p{Cs}]/gu, "") : "");
  const actions = form.actions.map((action) => ({ ...action, what: kept(action.what) }));
  await context.ledger.keepDraft(n, who.user, { ...form, lesson: kept(form.lesson), actions });
  return { whole: typed.every((text) => findSecret(text) === null) };
}

function empty(type: ReviewAction["type"], action: number): ReviewAction {
  switch (type) {
    case "submit_review": {
      const nothing = { verdict: null, gatesAtFault: [], forcedBy: null, aftermath: null, lesson: "", actions: [] };
      return { type, form: { ...nothing, edition: -1 } };
    }
    case "add_view":
      return { type, line: "asked" };
    case "put_off_review":
      return { type, until: "", reason: "" };
    case "put_off_action":
      return { type, action, until: "", reason: "" };
    case "end_action":
      return { type, action, outcome: "dropped", reason: "asked" };
    default:
      return type satisfies never;
  }
}

interface Ground {
  readonly state: Bypass;
  readonly now: Date;
  readonly by: Principal;
  readonly reviewers: readonly string[] | null;
}

async function readGround(
  context: AppContext,
  who: Who,
  n: number,
  action: ReviewAction["type"],
): Promise<Ground | null> {
  const { entries, now } = await context.ledger.load(n);
  const state = fold(entries);
  if (state === null) return null;
  const roles = state.review === null ? [] : reviewerRoles(state.review);
  const by = await loadPrincipal(context, who.user, roles);
  const { policy } = context.policy.current();
  // Who else could write it is asked only where the approver wants to.
  const asked = action === "submit_review" && state.approvals.some((approval) => isSamePerson(policy, approval, by));
  return { state, now, by, reviewers: asked ? await membersHolding(context, roles) : [] };
}

function commandOf(action: ReviewAction, { by, reviewers }: Ground, strangers: readonly string[] = []): ReviewCommand {
  return action.type === "submit_review" ? { ...action, by, reviewers, strangers } : { ...action, by };
}

/** Who of those that are to see to an action is known to be no member. */
async function strangersIn(context: AppContext, { actions }: ReviewForm): Promise<readonly string[]> {
  const owners = [...new Set(actions.flatMap(({ owner }) => owner ?? []))];
  const accounts = await Promise.all(
    owners.map(async (user) => ({ user, account: await context.directory.account(user) })),
  );
  return accounts.flatMap(({ user, account }) =>
    account !== null && account.accountStatus !== "member" ? [user] : [],
  );
}
