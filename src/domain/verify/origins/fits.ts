import type { OpenedBody } from "../../events/body.js";
import type { EventType } from "../../events/catalogue/catalogue.js";
import { cleanText } from "../../text/clean.js";
import type { StoredText } from "../stored.js";
import type { Act, Asked } from "./asked.js";

/** The event that an act records first. */
const EVENTS: Readonly<Record<Act, readonly EventType[]>> = {
  declare: ["bypass.declared"],
  approve: ["ack.given"],
  deny: ["bypass.denied"],
  withdraw: ["bypass.withdrawn"],
  proceed_alone: ["bypass.proceeded_alone"],
  close: ["bypass.closed"],
  revoke: ["bypass.revoked"],
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

/** Texts that no form holds as they are recorded: the origin itself, and the target in its normalised form. */
const NOT_TYPED: ReadonlySet<string> = new Set(["origin", "target_key"]);

/** An act on record, with what the entries before it tell about its bypass. */
export interface RecordedAct {
  readonly opened: OpenedBody;
  readonly texts: readonly StoredText[];
  /** The short hash of the declaration. */
  readonly identity: string | null;
  /** Each alert of the bypass so far, as `channel ts`. */
  readonly alerts: ReadonlySet<string>;
}

/** Returns in what the entry differs from what the request asks for, each as the rest of "Entry 12: its request …". */
export function differences(asked: Asked, act: RecordedAct): readonly string[] {
  const { event, actor, command } = act.opened;
  const found: string[] = [];
  if (actor.kind === "person" && actor.user !== asked.user) found.push("is by another account");
  const isItsCommand = command.startsWith(asked.command) && SUFFIX.test(command.slice(asked.command.length));
  if (!isItsCommand) found.push("is that of another command");
  const isRefusal = event.type === "attempt.refused";
  if (isRefusal ? event.action !== asked.act : !EVENTS[asked.act].includes(event.type)) {
    found.push("asks for something else");
    return found;
  }
  if (!isSubject(asked, act)) found.push("is about something else");
  if (isRefusal) return found;
  const fields: Readonly<Record<string, unknown>> = { ...event };
  for (const [name, allowed] of Object.entries(asked.fields)) {
    if (!allowed.some((value) => plain(value) === plain(fields[name]))) found.push(`asks for another ${name}`);
  }
  for (const { field, text } of act.texts) {
    if (text === null || NOT_TYPED.has(field)) continue;
    const typed = Object.entries(asked.texts).find(([name]) => name === field)?.[1];
    const cleaned = typed === undefined ? null : cleanText(typed);
    if (!cleaned?.ok || cleaned.text !== text) found.push(`holds another ${field}`);
  }
  return found;
}

function isSubject({ about }: Asked, { opened: { n, event }, identity, alerts }: RecordedAct): boolean {
  switch (about.kind) {
    case "bypass":
      return about.n === n && (about.identity === null || about.identity === identity);
    case "thread":
      return alerts.has(`${about.channel} ${about.ts}`);
    case "gate":
      // The refusal of an answer for a gate names none.
      return !("gate" in event && "item" in event) || (event.gate === about.gate && event.item === about.item);
    case "other":
      return true;
    default:
      return about satisfies never;
  }
}

/** A value of a field as one string, the items of a list in any order. */
const plain = (value: unknown): string => (Array.isArray(value) ? [...value].sort().join() : String(value));
