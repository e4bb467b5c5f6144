import type { RichTextElement } from "@slack/types";
import type { Actor } from "../../domain/events/actor.js";
import type { BypassFact } from "../../domain/events/catalogue/catalogue.js";
import type { ShownEntry } from "../../usecases/ports/ports.js";
import { duration } from "../block-kit/dates.js";
import { moment, person, words } from "../block-kit/rich-text.js";
import { type MessageContext, reasonOf, type VisibleText, visibleText } from "./context.js";
import { UNAPPROVED } from "./outcome.js";
import { freeText } from "./parts.js";

const LINE_MAX = 300;

/** One entry as one line: when, who, what, and its text. */
export function timelineEntry(context: MessageContext, entry: ShownEntry): RichTextElement[] {
  const { fact } = entry;
  const text = textOf(context, entry);
  const said = text === null || text.kind === "withheld" ? [] : [words(": "), freeText(text, LINE_MAX)];
  return [
    moment(entry.at),
    words(" "),
    ...whatHappened(context, fact, entry.actor),
    ...said,
    words(` (entry ${entry.seq})`, { italic: true }),
  ];
}

const RUNG = { trigger: "was rung", acknowledge: "was told of the ack", resolve: "was told of the end" } as const;

/** The free text that belongs to an entry's line, if one does. */
function textOf(context: MessageContext, entry: ShownEntry): VisibleText | null {
  switch (entry.fact.type) {
    case "bypass.logged":
    case "review.view_added":
    case "action.opened":
      return visibleText(context, entry, "line");
    case "review.submitted":
    case "review.amended":
      return visibleText(context, entry, "lesson");
    case "review.snoozed":
    case "action.snoozed":
      return visibleText(context, entry, "reason");
    case "action.ended":
      return entry.fact.outcome === "dropped" ? visibleText(context, entry, "reason") : null;
    default:
      return reasonOf(context, entry);
  }
}

function who(context: MessageContext, actor: Actor): RichTextElement {
  if (actor.kind === "system") return words("Breakglass");
  return context.texts ? person(actor.user) : words("somebody");
}

function whatHappened(context: MessageContext, fact: BypassFact, actor: Actor): RichTextElement[] {
  const by = who(context, actor);
  const account = (user: string): RichTextElement => (context.texts ? person(user) : words("somebody"));
  const does = (what: string): RichTextElement[] => [by, words(` ${what}`)];
  switch (fact.type) {
    case "bypass.declared":
      return does(
        `declared ${fact.kind === "drill" ? "a drill" : "it"} on ${fact.path} for ${duration(fact.durationSeconds)}`,
      );
    case "review.opened":
      return [words("the review was opened")];
    case "review.waived":
      return [words("the review was waived: never active")];
    case "alert.posted":
      return [words("the alert was posted")];
    case "alert.failed":
      return [words(`the alert could not be posted (${fact.code})`)];
    case "page.addressed":
      return [
        words(
          `${fact.users.length} of ${fact.role} ${fact.users.length === 1 ? "was" : "were"} ${fact.purpose === "page" ? "paged" : "asked"}`,
        ),
      ];
    case "page.sent":
      return [words(`page sent by ${fact.via} to `), account(fact.user)];
    case "page.failed":
      return [
        words(`page by ${fact.via} failed (${fact.code}) for `),
        fact.user === null ? words(fact.role ?? "somebody") : account(fact.user),
      ];
    case "ack.reminded":
      return [words(`reminder ${fact.count}`)];
    case "ack.escalated":
      return [words(`escalated to ${fact.role}`)];
    case "ack.given":
      return does(`approved (${fact.count} of ${fact.needed})`);
    case "bypass.proceeded_alone":
      return does(`proceeded alone, ${UNAPPROVED}`);
    case "bypass.activated":
      return [words(`active${fact.approved ? "" : `, ${UNAPPROVED}`}, until `), moment(fact.endsAt)];
    case "bypass.denied":
      return does("denied it");
    case "bypass.withdrawn":
      return does("withdrew it");
    case "bypass.lapsed":
      return [words(`lapsed (${fact.why.replaceAll("_", " ")})`)];
    case "grant.warned":
      return [words("warned of the end")];
    case "bypass.expired":
      return [words("expired")];
    case "bypass.closed":
      return does("closed it");
    case "bypass.revoked":
      return does(`revoked it${fact.why === "person" ? "" : ` (${fact.why.replaceAll("_", " ")})`}`);
    case "bypass.logged":
      return does("logged");
    case "attempt.refused":
      return does(`tried to ${fact.action.replaceAll("_", " ")} and was refused (${fact.code.replaceAll("_", " ")})`);
    case "text.redacted":
      return does(`redacted the ${fact.field.replaceAll("_", " ")} of entry ${fact.seq}`);
    case "pager.rung":
      return [words(`${fact.via} ${RUNG[fact.deed]}`)];
    case "review.submitted":
      return does(`handed the review in: ${fact.verdict}${fact.asApprover ? ", as the approver" : ""}`);
    case "review.amended":
      return does(`amended the review: ${fact.verdict}${fact.asApprover ? ", as the approver" : ""}`);
    case "review.view_added":
      return does("added their view");
    case "review.reminded":
      return [words(`${fact.role} was reminded of the review`)];
    case "review.overdue":
      return [words("the overdue review was named in the channel")];
    case "review.escalated":
      return [words(`the overdue review was raised with ${fact.role}`)];
    case "review.snoozed":
      return [...does("put the review off until "), moment(fact.until)];
    case "action.opened":
      return [...does(`opened action ${fact.action} for `), account(fact.owner), words(", due "), moment(fact.dueAt)];
    case "action.reminded":
      return [words(`action ${fact.action}: its owner was reminded`)];
    case "action.overdue":
      return [words(`action ${fact.action}: named in the channel as overdue`)];
    case "action.snoozed":
      return [...does(`put action ${fact.action} off until `), moment(fact.until)];
    case "action.ended":
      return does(`${fact.outcome === "done" ? "finished" : "dropped"} action ${fact.action}`);
    default:
      return fact satisfies never;
  }
}
