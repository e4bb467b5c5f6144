import type { KnownBlock } from "@slack/types";
import type { Aftermath, Force, ReviewWords, Verdict } from "../../domain/events/catalogue/review.js";
import { MOST_PUT_OFFS } from "../../domain/reminders/put-off.js";
import type { ReviewState } from "../../domain/review/state.js";
import type { ShownEntry } from "../../usecases/ports/ports.js";
import { dateToken } from "../block-kit/dates.js";
import { escapeTo, sentenceList } from "../block-kit/escape.js";
import { bullets, moment, person, richSection, richText, words } from "../block-kit/rich-text.js";
import { blockId, gateTitle, type MessageContext, reviewOf, visibleText } from "./context.js";

/** The text for each verdict. */
export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  justified: "Justified: the emergency was real, and the way out was right",
  avoidable: "Avoidable: there was another way, and we know it now",
  "gate-at-fault": "Gate at fault: the gate stood in the way of right work",
};

/** The text for what forced a bypass. */
export const FORCE_WORDS: Readonly<Record<Force, string>> = {
  "real-emergency": "a real emergency",
  flaky: "a flaky gate",
  slow: "a slow gate",
  broken: "a broken gate",
  unavailable: "a gate that was unavailable",
  "rule-unclear": "a rule that was unclear",
  other: "something else",
};

/** The text for what became of the skipped check. */
export const AFTERMATH_WORDS: Readonly<Record<Aftermath, string>> = {
  "passed-later": "it was run later and passed",
  "failed-later": "it was run later and failed",
  "not-run-yet": "it has not been run yet",
  "will-not-run": "it will not be run",
  unknown: "nobody knows",
};

/** `due …`, `waived: never active`, `written: gate-at-fault, amended (edition 2)`. */
export function reviewStands(review: ReviewState): string {
  switch (review.status) {
    case "open":
      return `due ${dateToken(review.dueAt)}`;
    case "waived":
      return "waived: never active";
    case "submitted": {
      const { submitted } = review;
      if (submitted === null) return "written";
      return `written: ${submitted.verdict}${submitted.edition > 1 ? `, amended (edition ${submitted.edition})` : ""}`;
    }
    default:
      return review.status satisfies never;
  }
}

/** "*REV-42 is submitted* by …. Verdict: *justified*. …" It is about the event and the gates, never about a person. */
export function reviewInWords(context: MessageContext, review: ReviewWords, who: string, amended: boolean): string {
  const gates = review.gatesAtFault.map((gate) => escapeTo(gateTitle(context.policy, gate), 90));
  const named = gates.length === 0 ? "" : ` (${sentenceList(gates.slice(0, 6))}${gates.length > 6 ? " and more" : ""})`;
  const approver = review.asApprover ? ", who approved it: nobody else holds the role" : "";
  const what = amended ? `amended (edition ${review.edition})` : "submitted";
  return (
    `*${reviewOf(context)} is ${what}* by ${who}${approver}. Verdict: *${review.verdict}*${named}. ` +
    `Forced by ${FORCE_WORDS[review.forcedBy]}. The skipped check: ${AFTERMATH_WORDS[review.aftermath]}. What was learned:`
  );
}

/** How often the work can still be put off, after `count` times. */
export const putOffsLeft = (count: number): string =>
  count < MOST_PUT_OFFS ? "It can be put off once more." : "It cannot be put off again.";

const WHAT_MAX = 300;

/** The actions that were opened together with that entry. */
export function actionList(context: MessageContext, entry: ShownEntry): KnownBlock[] {
  const { entries } = context.record;
  const after = entries.slice(entries.findIndex(({ version }) => version === entry.version) + 1);
  const end = after.findIndex(({ event }) => event.type !== "action.opened");
  const opened = end === -1 ? after : after.slice(0, end);
  if (opened.length === 0) return [];
  const items = opened.flatMap((action) => {
    if (action.event.type !== "action.opened") return [];
    const what = visibleText(context, action, "line");
    return [
      richSection(
        words(what.kind === "text" ? what.text.slice(0, WHAT_MAX) : what.kind),
        words(", by "),
        context.texts ? person(action.event.owner) : words("its owner"),
        words(", due "),
        moment(action.event.dueAt, "date"),
      ),
    ];
  });
  return [
    richText(blockId(context, `actions-${entry.version}`), richSection(words("To do", { bold: true })), bullets(items)),
  ];
}
