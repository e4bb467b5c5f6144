import { decide } from "../../domain/bypass/decide/decide.js";
import { fold } from "../../domain/bypass/evolve.js";
import type { Bypass } from "../../domain/bypass/state.js";
import type { Principal } from "../../domain/decisions/principal.js";
import type { Refusal } from "../../domain/decisions/refusals.js";
import { isSamePerson } from "../../domain/decisions/same-person.js";
import type { ReviewCommand } from "../../domain/review/commands.js";
import { MOST_ACTIONS, type ReviewForm } from "../../domain/review/form.js";
import { reviewerRoles } from "../../domain/review/state.js";
import { findSecret } from "../../domain/text/secrets.js";
import type { Answer, Caller, DraftSaved, OpenedReview, ReviewAction, Who } from "../api.js";
import type { AppContext } from "../app-context.js";
import { handleCommand } from "../handle-command.js";
import { membersHolding } from "../people/choose-whom-to-ask.js";
import { loadPrincipal } from "../people/load-principal.js";
import { isKnownStranger, readAccounts } from "../people/read-accounts.js";
import { recordWithUses } from "../queries/bypasses.js";
import { readBack, readForRefusal } from "../read-back.js";

/**
 * Performs an action on the review of a bypass. A form that is refused for what it contains is saved as a draft, since
 * its writer may write the review.
 */
export async function review(
  context: AppContext,
  who: Caller,
  n: number,
  action: ReviewAction,
  commandId: string,
): Promise<Answer> {
  const inputs = await loadInputs(context, who, n, action.type);
  if (inputs === null) return { ok: false, refusal: { code: "not_found" }, record: null };
  const strangers = action.type === "submit_review" ? await strangersIn(context, action.form) : [];
  const make = () => commandOf(action, inputs, strangers);
  const handled = await handleCommand(context, { n, commandId, make, origin: who.origin });
  if (!handled.ok && action.type === "submit_review" && isAboutContent(handled.refusal))
    await keepDraft(context, who, n, action.form);
  if (handled.ok) return { ok: true, record: await readBack(context, n), duplicate: handled.duplicate };
  return { ok: false, refusal: handled.refusal, record: await readForRefusal(context, n) };
}

/** Refusals of what a form contains. They do not keep a person from opening it. */
const CONTENT_REFUSALS: ReadonlySet<Refusal["code"]> = new Set<Refusal["code"]>([
  "invalid_review",
  "review_changed",
  "reason_missing",
  "date_invalid",
]);

const isAboutContent = ({ code }: Refusal): boolean => CONTENT_REFUSALS.has(code);

/** Checks whether the form may be opened and returns what it is rendered from. Records nothing. */
export async function openReview(
  context: AppContext,
  who: Who,
  n: number,
  action: ReviewAction["type"],
  which = 1,
): Promise<{ ok: true; review: OpenedReview } | { ok: false; refusal: Refusal }> {
  const refusal = await refusalOfEmpty(context, who, n, action, which);
  if (refusal !== null && !isAboutContent(refusal)) return { ok: false, refusal };
  const [record, draft] = await Promise.all([recordWithUses(context, n), context.queries.draft(n, who.user)]);
  if (record === null) return { ok: false, refusal: { code: "not_found" } };
  const shown = draft === null ? null : await withoutStrangers(context, draft);
  return { ok: true, review: { record, draft: shown, days: refusal?.days ?? [] } };
}

/** The draft without owners who are no members: nobody may choose them, and Slack might refuse to show the form. */
async function withoutStrangers(context: AppContext, draft: ReviewForm): Promise<ReviewForm> {
  const actions = draft.actions.slice(0, MOST_ACTIONS);
  const strangers = await strangersIn(context, { ...draft, actions });
  const isStranger = (owner: string | null): boolean => owner !== null && strangers.includes(owner);
  return { ...draft, actions: actions.map((one) => (isStranger(one.owner) ? { ...one, owner: null } : one)) };
}

/** The refusal of the empty form; `null` when even that can be sent. */
async function refusalOfEmpty(
  context: AppContext,
  who: Who,
  n: number,
  action: ReviewAction["type"],
  which = 1,
): Promise<Refusal | null> {
  const inputs = await loadInputs(context, who, n, action);
  if (inputs === null) return { code: "not_found" };
  const { policy } = context.policy.current();
  const decision = decide(policy, inputs.state, commandOf(emptyAction(action, which), inputs), inputs.now);
  return decision.ok ? null : decision.refusal;
}

/** Saves the draft of someone who may write the review, under their account. */
export async function saveDraft(context: AppContext, who: Who, n: number, form: ReviewForm): Promise<DraftSaved> {
  const refusal = await refusalOfEmpty(context, who, n, "submit_review");
  if (refusal !== null && !isAboutContent(refusal)) return { ok: false, refusal };
  return keepDraft(context, who, n, form);
}

/** A text that holds or looks like a secret is stored nowhere, confirmed or not. */
async function keepDraft(context: AppContext, who: Who, n: number, form: ReviewForm): Promise<DraftSaved> {
  const typed = [form.lesson, ...form.actions.map(({ what }) => what)];
  // PostgreSQL would refuse the whole draft for characters that it cannot store.
  const kept = (text: string): string => (findSecret(text) === null ? text.replace(/[\0\p{Cs}]/gu, "") : "");
  const actions = form.actions.map((action) => ({ ...action, what: kept(action.what) }));
  await context.ledger.saveDraft(n, who.user, { ...form, lesson: kept(form.lesson), actions });
  return { ok: true, whole: typed.every((text) => findSecret(text) === null) };
}

function emptyAction(type: ReviewAction["type"], action: number): ReviewAction {
  switch (type) {
    case "submit_review": {
      const blank = { verdict: null, gatesAtFault: [], forcedBy: null, aftermath: null, lesson: "", actions: [] };
      return { type, form: { ...blank, edition: -1 } };
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

interface ReviewInputs {
  readonly state: Bypass;
  readonly now: Date;
  readonly by: Principal;
  readonly reviewers: readonly string[] | null;
}

async function loadInputs(
  context: AppContext,
  who: Who,
  n: number,
  action: ReviewAction["type"],
): Promise<ReviewInputs | null> {
  const { entries, now } = await context.ledger.load(n);
  const state = fold(entries);
  if (state === null) return null;
  const roles = state.review === null ? [] : reviewerRoles(state.review);
  const by = await loadPrincipal(context, who.user, roles);
  const { policy } = context.policy.current();
  // The other possible reviewers are read only when an approver acts as one.
  const byApprover = action !== "add_view" && state.approvals.some((approval) => isSamePerson(policy, approval, by));
  return { state, now, by, reviewers: byApprover ? await membersHolding(context, roles) : [] };
}

function commandOf(
  action: ReviewAction,
  { by, reviewers }: ReviewInputs,
  strangers: readonly string[] = [],
): ReviewCommand {
  switch (action.type) {
    case "submit_review":
      return { ...action, by, reviewers, strangers };
    case "add_view":
      return { ...action, by };
    default:
      return { ...action, by, reviewers };
  }
}

/** The owners of actions that are known not to be members of the workspace. */
async function strangersIn(context: AppContext, { actions }: ReviewForm): Promise<readonly string[]> {
  const owners = [...new Set(actions.flatMap(({ owner }) => owner ?? []))];
  const accounts = await readAccounts(context, owners);
  return accounts.filter(({ account }) => isKnownStranger(account)).map(({ user }) => user);
}
