import type { RichTextElement } from "@slack/types";
import type { BypassFact } from "../../domain/bypass/entries.js";
import type { Actor } from "../../domain/bypass/people.js";
import type { ShownEntry } from "../../usecases/ports.js";
import { duration } from "../text/dates.js";
import { moment, person, words } from "../text/rich.js";
import { UNAPPROVED } from "./outcome.js";
import { freeText } from "./parts.js";
import { reasonOf, type Scene, shown } from "./scene.js";

const LINE_MAX = 300;

/** One entry as one line: when, who, what, and the text that belongs to it. */
export function timelineEntry(scene: Scene, entry: ShownEntry): RichTextElement[] {
  const { fact } = entry;
  const text = fact.type === "bypass.logged" ? shown(scene, entry, "line") : reasonOf(scene, entry);
  const said = text === null || text.kind === "withheld" ? [] : [words(": "), freeText(text, LINE_MAX)];
  return [
    moment(entry.at),
    words(" "),
    ...whatHappened(scene, fact, entry.actor),
    ...said,
    words(` (${entry.seq})`, { italic: true }),
  ];
}

function who(scene: Scene, actor: Actor): RichTextElement {
  if (actor.kind === "system") return words("Breakglass");
  return scene.texts ? person(actor.user) : words("somebody");
}

function whatHappened(scene: Scene, fact: BypassFact, actor: Actor): RichTextElement[] {
  const by = who(scene, actor);
  const account = (user: string): RichTextElement => (scene.texts ? person(user) : words("somebody"));
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
    default:
      return fact satisfies never;
  }
}
