import type { System } from "../events/actor.js";
import type { BypassEvent } from "../events/catalogue/catalogue.js";
import type { TextField } from "../events/catalogue/define.js";
import type { NewEntry } from "../events/entries.js";
import { type Principal, personOfPrincipal } from "./principal.js";
import { type Refusal, type RefusalCode, refusalKey } from "./refusals.js";

/** What a command leads to: entries to record, or a refusal, which may itself be worth an entry. */
export type Decision =
  | { readonly ok: true; readonly entries: readonly NewEntry[] }
  | { readonly ok: false; readonly refusal: Refusal; readonly entries: readonly NewEntry[] };

export const accept = (...entries: readonly NewEntry[]): Decision => ({ ok: true, entries });

export const refuse = (
  code: RefusalCode,
  extra: Omit<Refusal, "code"> = {},
  entries: readonly NewEntry[] = [],
): Decision => ({
  ok: false,
  refusal: { code, ...extra },
  entries,
});

export const bySystem = (part: System["part"], at: string, event: BypassEvent): NewEntry => ({
  event,
  actor: { kind: "system", part },
  at,
});

/** An entry that tells what a person did. */
export function byPerson(
  principal: Principal,
  at: string,
  event: BypassEvent,
  texts?: Partial<Record<TextField, string>>,
): NewEntry {
  const entry = { event, actor: personOfPrincipal(principal), at };
  return texts === undefined ? entry : { ...entry, texts };
}

/** Refused attempts that an auditor would ask about. What is merely late or mistyped is not put on record. */
const ON_RECORD: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  "self_approval",
  "not_entitled",
  "not_requester",
  "guest",
  "bot",
  "deactivated",
  "foreign",
  "alone_after_deny",
  "own_review",
  "not_reviewer",
]);

/** Is an attempt that was refused with this code put on record? */
export const isOnRecord = (code: RefusalCode): boolean => ON_RECORD.has(code);

/** A refusal of a person's click; the first of its kind by that account on this bypass is put on record. */
export function refusePerson(
  state: { readonly refusals: readonly string[] },
  principal: Principal,
  action: string,
  at: string,
  code: RefusalCode,
  extra: Omit<Refusal, "code"> = {},
): Decision {
  const known = state.refusals.includes(refusalKey(personOfPrincipal(principal), action, code));
  const entry = byPerson(principal, at, { type: "attempt.refused", action, code });
  return refuse(code, extra, isOnRecord(code) && !known ? [entry] : []);
}
