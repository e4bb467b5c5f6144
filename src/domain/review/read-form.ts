import { closingOf, closingOn, dayIn } from "../calendar/office-hours.js";
import { DAY_MS } from "../calendar/time.js";
import { dayOf } from "../calendar/zones.js";
import type { FieldProblem, ReviewField } from "../decisions/refusals.js";
import { checkText, textProblem, type WithTexts } from "../decisions/texts.js";
import type { ReviewWords } from "../events/catalogue/review.js";
import type { OfficeHours, Policy } from "../policy/policy.js";
import type { ReviewCommandOf } from "./commands.js";
import { type ActionForm, MOST_ACTIONS, type ReviewForm } from "./form.js";
import type { ReviewState } from "./state.js";
import type { ReviewSubject } from "./subject.js";

type Problem = FieldProblem<ReviewField>;

/** A valid form, ready to be recorded. */
interface ReadReview extends Pick<ReviewWords, "verdict" | "gatesAtFault" | "forcedBy" | "aftermath"> {
  readonly lesson: string;
  readonly actions: readonly { readonly what: string; readonly owner: string; readonly dueAt: string }[];
}

/** How far ahead an action may be due. */
const FURTHEST_DUE_DAYS = 366;

/** Validates the form: returns what to record, or every problem at once. */
export function readReview(
  policy: Policy,
  state: ReviewSubject,
  review: ReviewState,
  { form, strangers, ...texts }: ReviewCommandOf<"submit_review">,
  at: string,
): ReadReview | { readonly problems: readonly Problem[] } {
  const { verdict, forcedBy, aftermath } = form;
  const problems: Problem[] = [];
  const add = (field: ReviewField, problem: string | Omit<Problem, "field">) =>
    problems.push({ field, ...(typeof problem === "string" ? { message: problem } : problem) });
  if (verdict === null) add("verdict", "Choose a verdict: it is about the event and the gate, never about a person.");
  const gatesAtFault = [...new Set(form.gatesAtFault)];
  const gatesMessage = gatesProblem(state, verdict, gatesAtFault);
  if (gatesMessage !== null) add("gatesAtFault", gatesMessage);
  if (forcedBy === null) add("forcedBy", "Choose what forced the bypass; `other` will do if nothing fits.");
  if (aftermath === null) add("aftermath", "Choose what became of the skipped check; `unknown` will do.");
  const lesson = checkText(form.lesson, texts);
  if (!lesson.ok) add("lesson", textProblem(lesson, "Say what was learned, in a sentence or two."));
  const actions = form.actions.map((action, index) => readAction(policy, action, index, at, { strangers, texts }, add));
  if (review.actions.length + actions.length > MOST_ACTIONS)
    add("action-0-what", `One review has ${MOST_ACTIONS} actions at most; put the rest into a ticket of their own.`);
  const validActions = actions.filter((action) => action !== null);
  if (problems.length > 0 || verdict === null || forcedBy === null || aftermath === null || !lesson.ok)
    return { problems };
  return { verdict, gatesAtFault, forcedBy, aftermath, lesson: lesson.text, actions: validActions };
}

function gatesProblem(state: ReviewSubject, verdict: ReviewForm["verdict"], gates: readonly string[]): string | null {
  if (gates.some((gate) => !state.gates.includes(gate))) return "This bypass did not skip that gate.";
  if (verdict === "gate-at-fault" && gates.length === 0) return "Name the gates that are at fault.";
  if (verdict !== null && verdict !== "gate-at-fault" && gates.length > 0)
    return "Gates are named only with the verdict gate-at-fault: choose that verdict, or no gate.";
  return null;
}

/** Whether a form of then may have given an action this due time: some day's closing, not passed and not too far ahead. */
export function mayActionBeDue(dueAt: string, hours: OfficeHours, at: string): boolean {
  const closing = closingOf(dayOf(new Date(dueAt), hours.timezone), hours);
  return closing.toISOString() === dueAt && dueAt > at && !isTooFar(closing, at);
}

const isTooFar = (closing: Date, at: string): boolean =>
  closing.getTime() - Date.parse(at) > FURTHEST_DUE_DAYS * DAY_MS;

function readAction(
  policy: Policy,
  { what, owner, due }: ActionForm,
  index: number,
  at: string,
  { strangers, texts }: { readonly strangers: readonly string[]; readonly texts: WithTexts },
  add: (field: ReviewField, problem: string | Omit<Problem, "field">) => void,
): { what: string; owner: string; dueAt: string } | null {
  const text = checkText(what, texts);
  if (!text.ok) add(`action-${index}-what`, textProblem(text, "Say what is to be done, or remove this action."));
  if (owner === null) add(`action-${index}-owner`, "Choose who will see to it.");
  else if (strangers.includes(owner))
    add(`action-${index}-owner`, "Choose a full member of this workspace: nobody else can see to it here.");
  const closing = due === null ? null : closingOn(due, policy.officeHours);
  const today = dayIn(new Date(at), policy.officeHours);
  const tooFar = closing !== null && isTooFar(closing, at);
  if (due === null || closing === null) add(`action-${index}-due`, "Choose the day by which it is done.");
  else if (due < today) add(`action-${index}-due`, "That day has passed. Choose today or a later day.");
  else if (closing.toISOString() <= at)
    add(`action-${index}-due`, "The office has closed for today, so it would be overdue at once. Choose a later day.");
  else if (tooFar) add(`action-${index}-due`, "That is more than a year away. Choose an earlier day.");
  return text.ok && owner !== null && closing !== null
    ? { what: text.text, owner, dueAt: closing.toISOString() }
    : null;
}
