import type { DirectTopic, Effect, ThreadTopic } from "../bypass/effects.js";
import { effectsOf } from "../bypass/effects-of.js";
import { evolve } from "../bypass/evolve.js";
import { type BypassState, isUnanswered } from "../bypass/state.js";
import type { Entry } from "../events/entries.js";

/** A row of the outbox: something that was to be done outside. Times are ISO 8601. */
export interface StoredEffect {
  /** As stored; whoever has the run-time password can queue anything. */
  readonly effect: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
  /** `null` while it waits. */
  readonly doneAt: string | null;
  /** Whether it says that it has posted a message. */
  readonly posted: boolean;
  readonly failedCode: string | null;
}

/** Effects by which people learn that they are needed, or what was answered and done. Updates of messages are not among them. */
type Promised = Extract<Effect, { kind: "alert.post" | "page" | "dm.post" | "thread.post" | "reminder" | "overdue" }>;

/** By which fields an effect is found in the outbox again. */
const IDENTITY = {
  "alert.post": ["again"],
  page: ["purpose", "role", "step"],
  "dm.post": ["to", "about", "version"],
  "thread.post": ["about", "version"],
  reminder: ["role", "user", "slot"],
  "reminder.post": ["to", "slot"],
  overdue: ["channel", "slot"],
  "overdue.post": ["channel", "slot"],
  "digest.post": ["channel", "slot"],
  "gate.post": ["gate", "item"],
  "gate.reply": ["gate", "item", "putOff"],
  "use.post": ["grant"],
  "webhook.send": ["webhook", "version", "command", "seq"],
} as const satisfies Partial<Readonly<Record<Effect["kind"], readonly string[]>>>;

/** The kinds of effects that a verification compares. */
export const COMPARED_KINDS = Object.keys(IDENTITY);

/** Names an effect, so that its row in the outbox is found; `null` for a kind that is not compared. */
export function effectName(effect: Readonly<Record<string, unknown>>): string | null {
  const fields = Object.entries(IDENTITY).find(([kind]) => kind === effect.kind)?.[1];
  return fields === undefined ? null : JSON.stringify([effect.kind, ...fields.map((field) => effect[field] ?? null)]);
}

const isPromised = (effect: Effect): effect is Promised => PROMISED.includes(effect.kind);

const PROMISED: readonly Effect["kind"][] = [
  "alert.post",
  "page",
  "dm.post",
  "thread.post",
  "reminder",
  "overdue",
] satisfies readonly Promised["kind"][];

/** Messages that are not posted once somebody has answered, see `isObsolete` in usecases/delivery. */
const UNTIL_ANSWERED: readonly (ThreadTopic | DirectTopic)[] = ["ask", "pending", "reminder", "escalated"];
/** Messages that are not posted once what they are about is over, which may be before or after an answer. */
const UNTIL_OVER: readonly (ThreadTopic | DirectTopic)[] = ["page-failed", "warning"];

/** What the entries of a bypass call for, each with the version of its entry, and when nobody waited for an answer any more. */
export function promisedBy(entries: readonly Entry[]): {
  readonly promises: readonly { readonly effect: Promised; readonly version: number }[];
  readonly state: BypassState;
  /** Epoch milliseconds; `Infinity` while somebody waits. */
  readonly answeredAt: number;
} {
  const promises: { readonly effect: Promised; readonly version: number }[] = [];
  let state: BypassState = null;
  let answeredAt = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    const effects = effectsOf(state, [entry]).filter(isPromised);
    promises.push(...effects.map((effect) => ({ effect, version: entry.version })));
    const before: BypassState = state;
    state = evolve(state, entry);
    if (before !== null && isUnanswered(before) && !isUnanswered(state)) answeredAt = Date.parse(entry.at);
  }
  return { promises, state, answeredAt };
}

/** A clock that was set back while nobody looked must not look like an effect that was removed. */
const SLACK_MS = 60_000;

/**
 * Compares what the entries of a bypass call for with the outbox. A commit queues its effects in its own statement, and
 * rows are never removed; what came of the alert and of a page is an entry before its row is done. So a row that is
 * missing, or that is done without a message or an entry of what came of it, was tampered with. What asks somebody may be
 * left out once nobody waits for the answer.
 * @param restoredAt what was queued until then came with a restored backup; `null` without one
 */
export function brokenPromises(
  entries: readonly Entry[],
  rows: readonly StoredEffect[],
  restoredAt: string | null,
): readonly string[] {
  const queued = new Map<string | null, StoredEffect[]>();
  for (const row of rows) {
    const name = effectName(row.effect);
    queued.set(name, [...(queued.get(name) ?? []), row]);
  }
  const { promises, state, answeredAt } = promisedBy(entries);
  const maySkip = ({ createdAt }: StoredEffect, effect: Promised): boolean =>
    effect.kind === "page" &&
    effect.purpose === "ask" &&
    (state?.kind === "drill" || (restoredAt !== null && Date.parse(createdAt) <= Date.parse(restoredAt)));
  return promises.flatMap(({ effect, version }) => {
    const found = queued.get(effectName({ ...effect })) ?? [];
    const calls = `${titleOf(effect)}, which its version ${version} calls for`;
    if (found.length === 0) return [`nothing was queued for ${calls}`];
    const isAccounted = (row: StoredEffect): boolean =>
      row.doneAt === null ||
      hasOutcome(effect, version, entries, row) ||
      (mayBeObsolete(effect) && answeredAt <= Date.parse(row.doneAt) + SLACK_MS) ||
      maySkip(row, effect);
    return found.some(isAccounted) ? [] : [`no entry tells what came of ${calls}, but it no longer waits`];
  });
}

/** Whether it is left out once nobody waits for an answer any more. */
const mayBeObsolete = (effect: Promised): boolean =>
  effect.kind === "dm.post" || effect.kind === "thread.post"
    ? UNTIL_ANSWERED.includes(effect.about)
    : effect.kind !== "alert.post";

/** Whether the trail, or for a mere message the row itself, tells what came of the effect. */
function hasOutcome(effect: Promised, version: number, entries: readonly Entry[], row: StoredEffect): boolean {
  const later = entries.filter((entry) => entry.version > version).map(({ event }) => event);
  switch (effect.kind) {
    case "alert.post":
      return later.some(({ type }) => type === "alert.posted");
    case "page":
      return later.some(
        (event) =>
          (event.type === "page.addressed" || event.type === "page.failed") &&
          event.role === effect.role &&
          event.step === effect.step,
      );
    case "dm.post":
      if (effect.about !== "ask") return row.posted || row.failedCode !== null || UNTIL_OVER.includes(effect.about);
      return later.some(
        (event) =>
          (event.type === "page.sent" || event.type === "page.failed") &&
          event.user === effect.to &&
          event.step === effect.step,
      );
    case "thread.post":
      return row.posted || row.failedCode !== null || UNTIL_OVER.includes(effect.about);
    case "reminder":
    case "overdue":
      // Whoever is to be reminded may hold the role no more, and what was overdue may be done.
      return true;
    default:
      return effect satisfies never;
  }
}

function titleOf(effect: Promised): string {
  switch (effect.kind) {
    case "alert.post":
      return "its alert";
    case "page":
      return `the page of ${effect.role}`;
    case "dm.post":
      return effect.about === "ask"
        ? `the message that asks ${effect.to}`
        : `the message to ${effect.to} (${effect.about})`;
    case "thread.post":
      return `the reply in its thread (${effect.about})`;
    case "reminder":
      return `the reminder of ${effect.role ?? effect.user}`;
    case "overdue":
      return "the message about what is overdue";
    default:
      return effect satisfies never;
  }
}
