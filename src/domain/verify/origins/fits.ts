import type { OpenedBody } from "../../events/body.js";
import type { EventType } from "../../events/catalogue/catalogue.js";
import type { StoredText } from "../stored.js";
import type { Act, Asked } from "./asked.js";
import { contentDifferences } from "./content.js";
import type { RecordSoFar } from "./record-so-far.js";

/** The event that an act records first. */
const EVENTS: Readonly<Record<Act, readonly EventType[]>> = {
  declare: ["bypass.declared"],
  approve: ["ack.given"],
  deny: ["bypass.denied", "bypass.rejected_late"],
  withdraw: ["bypass.withdrawn"],
  proceed_alone: ["bypass.proceeded_alone"],
  close: ["bypass.closed"],
  revoke: ["bypass.revoked", "bypass.rejected_late"],
  log: ["bypass.logged"],
  redact: ["text.redacted"],
  submit_review: ["review.submitted", "review.amended"],
  add_view: ["review.view_added"],
  put_off_review: ["review.put_off"],
  put_off_action: ["action.put_off"],
  end_action: ["action.ended"],
  fix_gate: ["gate.fixed"],
  put_off_gate: ["gate.put_off"],
};

/** What follows from the id of a command: another id if that was used up, one per text of a redaction, a refusal. */
const SUFFIX = /^(?::[a-z_]+)?(?:~[0-9a-f]{24})?!?$/;

/** An act on record, with what the entries before it tell. */
export interface RecordedAct {
  readonly opened: OpenedBody;
  readonly texts: readonly StoredText[];
  readonly before: RecordSoFar;
}

/** Returns in what the entry differs from what the request asks for, each as the rest of "Entry 12: its request …". */
export function differences(asked: Asked, act: RecordedAct): readonly string[] {
  const { event, actor, command } = act.opened;
  const found: string[] = [];
  if (actor.kind === "person" && actor.user !== asked.user) found.push("is by another account");
  const isItsCommand = command.startsWith(asked.command) && SUFFIX.test(command.slice(asked.command.length));
  if (!isItsCommand) found.push("is that of another command");
  const isRefusal = event.type === "attempt.refused";
  const isOtherAnswer = event.type === "bypass.rejected_late" && event.answer !== asked.act;
  if (isOtherAnswer || (isRefusal ? event.action !== asked.act : !EVENTS[asked.act].includes(event.type))) {
    found.push("asks for something else");
    return found;
  }
  if (!isSubject(asked, act)) found.push("is about something else");
  if (isRefusal) return found;
  return [...found, ...contentDifferences(asked, { event, texts: act.texts }, act.before.officeHours(act.opened.at))];
}

function isSubject({ about }: Asked, { opened: { n, event }, before }: RecordedAct): boolean {
  switch (about.kind) {
    case "bypass":
      return about.n === n && (about.identity === null || about.identity === before.identity(n));
    case "thread":
      return n !== null && before.hasAlert(n, about.channel, about.ts);
    case "action": {
      const opened = before.action(about.n, about.version);
      if (about.n !== n || opened?.identity !== about.identity) return false;
      // A refused attempt does not name the action.
      return !("action" in event) || event.type === "attempt.refused" || event.action === opened.action;
    }
    case "gate": {
      // The refusal of an answer for a gate names none.
      if (!("gate" in event && "item" in event)) return true;
      const isNamed = event.gate === about.gate && event.item === about.item;
      return isNamed && before.gateItem(about.gate, about.item) === about.identity;
    }
    case "new":
      return about.again === null || about.again.identity === before.identity(about.again.n);
    case "other":
      return true;
    default:
      return about satisfies never;
  }
}
