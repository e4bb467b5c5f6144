import type { System } from "../events/actor.js";
import type { BypassEvent } from "../events/catalogue/catalogue.js";
import type { TextField } from "../events/catalogue/define.js";
import type { NewEntry } from "../events/entries.js";
import { type Principal, personOfPrincipal } from "./principal.js";
import { type Refusal, type RefusalCode, refusalKey, refusalOf } from "./refusals.js";

/** The decision to record entries. */
export interface Accepted {
  readonly ok: true;
  readonly entries: readonly NewEntry[];
  /** With a no that is recorded although it is too late to settle or end anything: what it is too late for. */
  readonly late?: Refusal;
}

/** The decision to refuse; `entries` record the attempt, or what it came upon. */
export interface Refused {
  readonly ok: false;
  readonly refusal: Refusal;
  readonly entries: readonly NewEntry[];
}

/** The outcome of a command: entries to record, or a refusal, which may itself be recorded. */
export type Decision = Accepted | Refused;

/** The decision to record these entries. */
export const accept = (...entries: readonly NewEntry[]): Accepted => ({ ok: true, entries });

/** The decision to refuse, with the entries that record the attempt. */
export const refuse = (
  code: RefusalCode,
  extra: Omit<Refusal, "code"> = {},
  entries: readonly NewEntry[] = [],
): Refused => ({
  ok: false,
  refusal: { code, ...extra },
  entries,
});

/** An entry about something a part of the bot did. */
export const bySystem = (part: System["part"], at: string, event: BypassEvent): NewEntry => ({
  event,
  actor: { kind: "system", part },
  at,
});

/** An entry about something a person did. */
export function byPerson(
  principal: Principal,
  at: string,
  event: BypassEvent,
  texts?: Partial<Record<TextField, string>>,
): NewEntry {
  const entry = { event, actor: personOfPrincipal(principal), at };
  return texts === undefined ? entry : { ...entry, texts };
}

/** Refusals that an auditor would ask about. Attempts that were merely late or mistyped are not recorded. */
const ON_RECORD: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  "self_approval",
  "not_entitled",
  "not_requester",
  "guest",
  "bot",
  "deactivated",
  "foreign",
  "alone_after_rejection",
  "own_review",
  "not_reviewer",
]);

/** Whether an attempt refused with this code is recorded. */
export const isOnRecord = (code: RefusalCode): boolean => ON_RECORD.has(code);

/** Refuses a person's attempt. The first with this action and code by that account on this bypass is recorded. */
export function refusePerson(
  state: { readonly refusals: readonly string[] },
  principal: Principal,
  action: string,
  at: string,
  code: RefusalCode,
  extra: Omit<Refusal, "code"> = {},
): Refused {
  const isRecorded = state.refusals.includes(refusalKey(personOfPrincipal(principal), action, code));
  const entry = byPerson(principal, at, { type: "attempt.refused", action, code });
  const { code: _, ...about } = refusalOf(principal, code);
  return refuse(code, { ...about, ...extra }, isOnRecord(code) && !isRecorded ? [entry] : []);
}
