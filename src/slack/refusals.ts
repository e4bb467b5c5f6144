import { ALONE_WORDS } from "../domain/bypass/decide/proceed-alone.js";
import { ackRoles, forbiddenGates } from "../domain/bypass/decide/who-may.js";
import type { Refusal, RefusalCode } from "../domain/decisions/refusals.js";
import { MAX_TEXT } from "../domain/decisions/texts.js";
import { bypassName } from "../domain/events/names.js";
import type { GateAnswer } from "../domain/gate/answer.js";
import { MOST_PUT_OFFS } from "../domain/reminders/put-off.js";
import { reviewerRoles } from "../domain/review/state.js";
import type { Action, ReviewAction } from "../usecases/api.js";
import type { BypassRecord, PolicyInForce } from "../usecases/ports/ports.js";
import { dateToken, utc } from "./block-kit/dates.js";
import { escapeMarkup, sentenceList } from "./block-kit/escape.js";
import { mention, roleMention, roleName } from "./block-kit/mentions.js";
import { nobodyCanApprove } from "./messages/blocked.js";
import { lapsesAt, messageContextOf } from "./messages/context.js";
import { statusSentence } from "./messages/outcome.js";
import { unreadSentence } from "./unread-sentence.js";

/** What a person attempted. It determines the first words of the sentence. */
export type AttemptedAction =
  | Action["type"]
  | ReviewAction["type"]
  | GateAnswer["type"]
  | "save_draft"
  | "declare"
  | "look"
  | "redact";

export interface Attempt {
  readonly tried: AttemptedAction;
  readonly refusal: Refusal;
  /** The number of the bypass, if one was named. */
  readonly n: number | null;
  /** The bypass, if there is one, so that the sentence can say who settled it and when. */
  readonly record: BypassRecord | null;
  readonly inForce: PolicyInForce;
  /** Roles that may do it, for when there is no record to take them from. */
  readonly askRoles?: readonly string[];
  /** `plain` for errors in a modal, where Slack does not show mentions. */
  readonly style: "mrkdwn" | "plain";
}

const NOT_DONE: Readonly<Record<AttemptedAction, string>> = {
  submit_review: "Not handed in",
  save_draft: "Not kept",
  add_view: "Not added",
  put_off_review: "Not put off",
  put_off_action: "Not put off",
  end_action: "Not ended",
  fix_gate: "Not recorded",
  put_off_gate: "Not put off",
  approve: "Not approved",
  deny: "Not denied",
  withdraw: "Not withdrawn",
  proceed_alone: "Not opened",
  close: "Not closed",
  revoke: "Not revoked",
  log: "Not logged",
  declare: "Not declared",
  look: "Not shown",
  redact: "Not redacted",
};

/** Says what was not done, why, and what to do next. */
export function refusalText(attempt: Attempt): string {
  const text = `${NOT_DONE[attempt.tried]}: ${REASONS[attempt.refusal.code](attempt)}`;
  return attempt.style === "plain" ? text.replaceAll("`", "").replaceAll("*", "") : text;
}

const STATUS = "`/breakglass status` lists what is open.";

/** One or two sentences per code. A missing code does not compile. */
const REASONS: Readonly<Record<RefusalCode, (attempt: Attempt) => string>> = {
  unreadable: (a) =>
    `${a.n === null ? "it" : bypassName(a.n)} cannot be read: an entry of it is not one that this bot writes. Ask whoever runs the bot to run breakglass verify.`,
  not_found: (a) => `there is no ${a.n === null ? "such bypass" : bypassName(a.n)}. ${STATUS}`,
  other_bypass: (a) =>
    `this was made for ${a.n === null ? "a bypass" : `a ${bypassName(a.n)}`} that is not on record any more. A backup was restored since, or the record was begun anew, and its number may now belong to another bypass, so nothing was done. ${STATUS}`,
  unverifiable: ({ refusal }) => unreadSentence(refusal.unread),
  guest: () => "guests of this workspace cannot use Breakglass. Ask a full member who holds the role.",
  bot: () => "only people can use Breakglass. Do it from your own account.",
  deactivated: () => "this account is deactivated. Ask an administrator of the workspace.",
  foreign: () =>
    "your account belongs to another organisation, and only members of this workspace can use Breakglass. Ask one of them.",
  not_entitled: notEntitled,
  self_approval: (a) =>
    `you declared it, and nobody approves their own bypass, from whichever account. Ask ${ackers(a)}; or press Withdraw in my direct message to you.`,
  own_request: (a) =>
    `it is your own ${nameOf(a)}. To take a request back press Withdraw; to end an active bypass press Close.`,
  already_approved: (a) =>
    `you have approved it already, and each ack must come from another person${counted(a)}. Ask ${ackers(a)}.`,
  not_requested: (a) =>
    `${nameOf(a)} no longer waits for an answer. ${stands(a)} ${a.tried === "deny" && a.record?.state.status === "active" ? "Press Revoke to end it." : "Nothing is left to do here."}`,
  not_active: notActive,
  not_requester: (a) => `only ${requester(a)} who declared it${comma(a)} can do that.${orElse(a)}`,
  past_end: (a) => `its time is over. ${stands(a)} If it is still needed, declare a new one with Break Glass Again.`,
  gave_up: (a) =>
    `the time for an answer ran out${lapsed(a)}. If it is still needed, declare again with \`/breakglass\`.`,
  gate_never_bypass: (a) =>
    `the policy now says that ${gatesForbidden(a)} may never be bypassed. Fix what fails instead, or ask the gate's owner.`,
  requester_deactivated: () =>
    "the requester's account is deactivated, so the request has lapsed. Whoever still needs it declares it anew.",
  room_full: (a) =>
    `${a.refusal.limit ?? "all"} ${things(a)} are on record for ${nameOf(a)}, as many as there is room for. ${insteadOfRoom(a)}`,
  share_full: (a) =>
    `${a.refusal.limit ?? "all"} ${things(a)} of yours are on record for ${nameOf(a)}, as many as one person may add. ${insteadOfRoom(a)}`,
  drills_enough: (a) =>
    `you have started ${a.refusal.limit ?? "enough"} drills within the hour, and each asks others to answer. Start the next${a.refusal.at === undefined ? " later" : ` ${moment(a, a.refusal.at)}`}. A real emergency is never held up: type \`/breakglass\`.`,
  reason_missing: () => "write a sentence or two first; it goes on record.",
  alone_never: (a) => `this path never lets anyone go alone. Ask ${ackers(a)}.`,
  alone_too_early: (a) =>
    `others still have time to answer. Proceed Alone opens${a.refusal.at === undefined ? " later" : ` ${moment(a, a.refusal.at)}`}; until then ask ${ackers(a)}.`,
  alone_escalation_open: (a) =>
    `not everyone whose turn it is has been paged yet. Try again in a minute, and ask ${ackers(a)} meanwhile.`,
  alone_after_rejection: (a) =>
    `another person said no to this gate within the last 24 hours, to you or for the same target, and going alone may not get round that. A target in words counts as the same, whatever the other is. It opens${a.refusal.at === undefined ? " a day after that no" : ` ${moment(a, a.refusal.at)}`}; until then ask ${ackers(a)}.`,
  typed_wrong: () => `type ${ALONE_WORDS}, in capitals, to go on.`,
  text_invalid: () =>
    `the text holds characters that cannot be recorded, or more than ${MAX_TEXT} of them. Shorten it, or type it anew without pasting.`,
  text_secret: ({ refusal }) =>
    `the text holds a secret (${refusal.secret ?? "of some kind"}), and it was not recorded. Take it out, and replace it where it is in use.`,
  text_likely: ({ refusal, tried }) =>
    `the text looks like a ${refusal.secret ?? "secret"}, and it was not recorded. Take that out; if it is none, send the same again${tried === "log" || tried === "redact" ? ` with \`${tried}!\` in place of \`${tried}\`` : ""}.`,
  nothing_due: () => `nothing had to be done. ${STATUS}`,
  invalid_declaration: (a) =>
    [...(a.refusal.problems ?? []).map((problem) => text(a, problem.message)), "Fix that and send it again."].join(" "),
  not_over: (a) => `${nameOf(a)} is not over yet. Its review is written once it has ended; add log lines until then.`,
  review_waived: (a) => `${nameOf(a)} was never active, so its review is waived and there is nothing to write.`,
  review_closed: () => "the review is written already, so nobody is reminded of it any more.",
  review_changed: (a) =>
    `somebody handed the review of ${nameOf(a)} in meanwhile. What you wrote is still in your form and is kept as your draft: copy what matters, then press Write Review again to amend what stands.`,
  own_review: (a) =>
    `${nameOf(a)} is your own, and its review is written by somebody else. Press Add My View to tell how you saw it.`,
  approver_while_others: () =>
    "you approved this bypass, and others hold the reviewer's role. One of them writes the review; tell them what you know.",
  not_reviewer: (a) => `the review is written by ${reviewers(a)}, and you hold none of these roles. Ask one of them.`,
  not_own_review: () => "only the requester adds their own view. Use a log line for what you know: `/breakglass log`.",
  invalid_review: (a) =>
    [
      ...(a.refusal.reviewProblems ?? []).map((problem) => text(a, problem.message)),
      "Fix that and send it again.",
    ].join(" "),
  no_such_action: () => "there is no such action. `/breakglass reviews` lists what is open.",
  action_over: () => "this action is over already; its message shows how it ended.",
  not_action_owner: () => "only its owner, or who writes the review, answers for this action. Ask one of them.",
  date_invalid: () => "choose one of the days that the form offers.",
  put_off_used_up: (a) =>
    `it has been put off ${MOST_PUT_OFFS} times, as often as it can be, so that its reminders come again. ${insteadOfPutOff(a)}`,
  put_off_escalates: (a) =>
    `nothing is put off past its escalation${a.refusal.at === undefined ? "" : ` (${moment(a, a.refusal.at)})`}, and no day is left before it. ${insteadOfPutOff(a)}`,
  no_such_gate_item: () => "this gate was never sick. `/breakglass stats` tells how each gate reads.",
  not_gate_owner: (a) => `only the gate's owner answers for it. Ask ${named(a, a.askRoles ?? [])}.`,
  gate_item_closed: () =>
    "this was answered already, or the reading has fallen. `/breakglass stats` tells how it stands.",
  other_gate_item: () =>
    "this was made for an item of the gate that is not on record any more. A backup was restored since, or the record was begun anew, so nothing was done. `/breakglass stats` tells how each gate reads.",
  no_such_text: () => "there is no such text on record. `/breakglass show` lists the entries.",
};

/** What there is no more room for. */
function things({ tried }: Attempt): string {
  if (tried === "log") return "log lines";
  return tried === "add_view" ? "views of the requester" : "editions of the review";
}

const insteadOfRoom = ({ tried }: Attempt): string =>
  tried === "log"
    ? "Write on in the thread of its alert, without `log:`, or in the incident."
    : "Write on in the thread of its alert.";

function insteadOfPutOff(a: Attempt): string {
  if (a.tried === "put_off_gate") return "Fix the gate, then press Gate Changed or Gate Retired.";
  if (a.tried === "put_off_action") return `Do it, press Drop with a reason, or ask ${reviewers(a)}.`;
  return `Write it: press Write Review. If you cannot, ask ${reviewers(a)} to.`;
}

const nameOf = ({ n }: Attempt): string => (n === null ? "it" : bypassName(n));
const text = (a: Attempt, words: string): string => (a.style === "plain" ? words : escapeMarkup(words));
const moment = (a: Attempt, iso: string): string => (a.style === "plain" ? `at ${utc(iso)}` : dateToken(iso));

function notEntitled(a: Attempt): string {
  if (a.tried === "declare" || a.record === null) {
    const roles = a.askRoles ?? [];
    return roles.length === 0
      ? "your roles do not allow it. Ask someone on call."
      : `your roles do not allow it. Ask ${named(a, roles)}.`;
  }
  if (a.tried === "proceed_alone") return `you may no longer declare on this path. Ask ${ackers(a)}.`;
  const blocked = a.record === null ? null : nobodyCanApprove(messageContextOf(a.record, a.inForce.policy));
  if (blocked !== null) return blocked.replace("*Nobody", "nobody").replace("now*", "now");
  return `you hold none of the roles for it. Ask ${ackers(a)}.`;
}

function notActive(a: Attempt): string {
  if (a.record?.state.status === "requested") {
    return `${nameOf(a)} is not active: it still waits for an ack. Press Withdraw (requester) or Deny instead.`;
  }
  return `${nameOf(a)} is not active. ${stands(a)} Nothing is left to do here.`;
}

/** Who settled or ended it, and when. */
function stands(a: Attempt): string {
  if (a.record === null) return STATUS;
  const words = statusSentence(messageContextOf(a.record, a.inForce.policy));
  return a.style === "plain" ? `It is ${a.record.state.status}; its message says who decided and when.` : words;
}

function ackers(a: Attempt): string {
  if (a.record === null) return named(a, a.askRoles ?? []);
  const { policy } = a.inForce;
  return named(
    a,
    ackRoles(a.record.state).filter((role) => Object.hasOwn(policy.roles, role)),
  );
}

function named(a: Attempt, roles: readonly string[]): string {
  if (roles.length === 0) return "someone on call";
  return sentenceList(
    roles.map((role) => (a.style === "plain" ? role : `${roleMention(a.inForce.policy, role)} (${roleName(role)})`)),
  );
}

function counted(a: Attempt): string {
  if (a.record === null) return "";
  const { approvals, ack } = a.record.state;
  return ` (${approvals.length} of ${ack.needed} so far)`;
}

const comma = (a: Attempt): string => (a.record === null || a.style === "plain" ? "" : ",");

function requester(a: Attempt): string {
  if (a.record === null || a.style === "plain") return "the person";
  return `${mention(a.record.state.requester.user)},`;
}

function orElse(a: Attempt): string {
  if (a.tried === "close") return " Anyone who may approve can press Revoke.";
  if (a.tried === "proceed_alone") return " Anyone who may approve can press Approve or Deny.";
  return a.tried === "withdraw" ? " Anyone who may approve can press Deny." : "";
}

function lapsed(a: Attempt): string {
  return a.record === null ? "" : ` (${moment(a, lapsesAt(messageContextOf(a.record, a.inForce.policy)))})`;
}

function reviewers(a: Attempt): string {
  const review = a.record?.state.review ?? null;
  return review === null ? "its reviewer" : named(a, reviewerRoles(review));
}

function gatesForbidden(a: Attempt): string {
  const gates = a.record === null ? [] : forbiddenGates(a.inForce.policy, a.record.state.gates);
  return gates.length === 0 ? "one of its gates" : sentenceList(gates.map(roleName));
}
