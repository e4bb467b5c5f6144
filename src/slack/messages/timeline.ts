import type { RichTextElement } from "@slack/types";
import type { Actor } from "../../domain/events/actor.js";
import { type BypassEvent, definitionOf } from "../../domain/events/catalogue/catalogue.js";
import type { ShownEntry } from "../../usecases/ports/ports.js";
import { duration } from "../block-kit/dates.js";
import { moment, person, words } from "../block-kit/rich-text.js";
import { type MessageContext, reasonOf, type VisibleText, visibleText } from "./context.js";
import { UNAPPROVED } from "./outcome.js";
import { freeText } from "./request.js";

const LINE_MAX = 300;

/** One entry as a line: when, who, what, and its text. */
export function timelineEntry(context: MessageContext, entry: ShownEntry): RichTextElement[] {
  const { event } = entry;
  const text = textOf(context, entry);
  const quoted = text === null || text.kind === "withheld" ? [] : [words(": "), freeText(text, LINE_MAX)];
  return [
    moment(entry.at),
    words(" "),
    ...whatHappened(context, event, entry.actor),
    ...quoted,
    words(` (entry ${entry.seq})`, { italic: true }),
  ];
}

const NOTIFIED = {
  trigger: "was notified",
  acknowledge: "was told of the ack",
  resolve: "was told of the end",
} as const;

/** The free text shown with an entry, if it has one. */
function textOf(context: MessageContext, entry: ShownEntry): VisibleText | null {
  switch (entry.event.type) {
    case "bypass.logged":
    case "review.view_added":
    case "action.opened":
      return visibleText(context, entry, "line");
    case "review.submitted":
    case "review.amended":
      return visibleText(context, entry, "lesson");
    case "review.put_off":
    case "action.put_off":
      return visibleText(context, entry, "reason");
    case "action.ended":
      return entry.event.outcome === "dropped" ? visibleText(context, entry, "reason") : null;
    default:
      return reasonOf(context, entry);
  }
}

function who(context: MessageContext, actor: Actor): RichTextElement {
  if (actor.kind === "system") return words("Breakglass");
  return context.texts ? person(actor.user) : words("somebody");
}

function whatHappened(context: MessageContext, event: BypassEvent, actor: Actor): RichTextElement[] {
  const by = who(context, actor);
  const account = (user: string): RichTextElement => (context.texts ? person(user) : words("somebody"));
  const does = (what: string): RichTextElement[] => [by, words(` ${what}`)];
  switch (event.type) {
    case "bypass.declared":
      return does(
        `declared ${event.kind === "drill" ? "a drill" : "it"} on ${event.path} for ${duration(event.durationSeconds)}`,
      );
    case "review.opened":
      return [words("the review was opened")];
    case "review.waived":
      return [words("the review was waived: never active")];
    case "alert.posted":
      return [words("the alert was posted")];
    case "alert.failed":
      return [words(`the alert could not be posted (${event.code})`)];
    case "alert.lost":
      return [words("the message of the alert was deleted")];
    case "ack.blocked":
      return [words(`no role that may approve is left in the policy (${event.roles.join(", ")} gone)`)];
    case "ack.unblocked":
      return [words("a role that may approve is in the policy again")];
    case "page.addressed":
      return [
        words(
          `${event.users.length} of ${event.role} ${event.users.length === 1 ? "was" : "were"} ${event.purpose === "page" ? "paged" : "asked"}${event.others === 0 ? "" : `, ${event.others} more by the mention of their group`}`,
        ),
      ];
    case "page.sent":
      return [words(`page sent by ${event.via} to `), account(event.user)];
    case "page.failed":
      return [
        words(`page by ${event.via} failed (${event.code}) for `),
        event.user === null ? words(event.role ?? "somebody") : account(event.user),
      ];
    case "ack.reminded":
      return [words(`reminder ${event.count}`)];
    case "ack.escalated":
      return [words(`escalated to ${event.role}`)];
    case "ack.given":
      return does(`approved (${event.count} of ${event.needed})`);
    case "bypass.proceeded_alone":
      return does(`proceeded alone, ${UNAPPROVED}`);
    case "bypass.activated":
      return [words(`active${event.approved ? "" : `, ${UNAPPROVED}`}, until `), moment(event.endsAt)];
    case "bypass.denied":
      return does("denied it");
    case "bypass.withdrawn":
      return does("withdrew it");
    case "bypass.lapsed":
      return [words(`lapsed (${event.why.replaceAll("_", " ")})`)];
    case "grant.warned":
      return [words("warned of the end")];
    case "bypass.expired":
      return [words("expired")];
    case "bypass.closed":
      return does("closed it");
    case "bypass.revoked":
      return does(`revoked it${event.why === "person" ? "" : ` (${event.why.replaceAll("_", " ")})`}`);
    case "bypass.rejected_late":
      return does(`said no after the end (${event.answer})`);
    case "bypass.logged":
      return does("logged");
    case "attempt.refused":
      return does(`tried to ${event.action.replaceAll("_", " ")} and was refused (${event.code.replaceAll("_", " ")})`);
    case "text.redacted":
      return does(`redacted the ${event.field.replaceAll("_", " ")} of entry ${event.seq}`);
    case "pager.notified":
      return [words(`${event.via} ${NOTIFIED[event.action]}`)];
    case "review.submitted":
      return does(`handed the review in: ${event.verdict}${event.asApprover ? ", as the approver" : ""}`);
    case "review.amended":
      return does(`amended the review: ${event.verdict}${event.asApprover ? ", as the approver" : ""}`);
    case "review.view_added":
      return does("added their view");
    case "review.reminded":
      return [words(`${event.role} was reminded of the review`)];
    case "review.overdue":
      return [words("the overdue review was named in the channel")];
    case "review.escalated":
      return [words(`the overdue review was raised with ${event.role}`)];
    case "review.put_off":
      return [...does("put the review off until "), moment(event.until)];
    case "action.opened":
      return [
        ...does(`opened action ${event.action} for `),
        account(event.owner),
        words(", due "),
        moment(event.dueAt),
      ];
    case "action.reminded":
      return [words(`action ${event.action}: its owner was reminded`)];
    case "action.overdue":
      return [words(`action ${event.action}: named in the channel as overdue`)];
    case "action.put_off":
      return [...does(`put action ${event.action} off until `), moment(event.until)];
    case "action.ended":
      return does(`${event.outcome === "done" ? "finished" : "dropped"} action ${event.action}`);
    default:
      return [words(inCatalogue(event))];
  }
}

/** What the catalogue says about an event that has no words of its own here, as a part of a line. */
function inCatalogue({ type }: { readonly type: string }): string {
  const sentence = definitionOf(type)?.meaning.replace(/\.$/, "") ?? type;
  return sentence.slice(0, 1).toLowerCase() + sentence.slice(1);
}
