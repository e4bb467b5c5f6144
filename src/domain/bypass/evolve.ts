import { oneMore } from "../decisions/entry-limits.js";
import { refusalKey } from "../decisions/refusals.js";
import type { Actor, Person } from "../events/actor.js";
import type { BypassEvent } from "../events/catalogue/catalogue.js";
import type { ReviewEvent } from "../events/catalogue/review.js";
import type { Entry } from "../events/entries.js";
import { evolveReview } from "../review/evolve.js";
import { openedReview } from "../review/state.js";
import {
  type Bypass,
  type BypassCore,
  type BypassState,
  type EscalationStep,
  MOST_ALERTS_LOST,
  overAt,
  type PageFailure,
} from "./state.js";

/**
 * Applies one entry to the state. Uses no texts, clock or policy, so the trail alone rebuilds every state.
 * @throws on an impossible history, such as an entry before the declaration or an end before the approval: that is a
 * fault of the trail, never a person's mistake
 */
export function evolve(state: BypassState, entry: Entry): Bypass {
  if (entry.event.type === "bypass.declared") {
    if (state !== null) throw impossible(entry, "it was declared before");
    if (entry.version !== 1) throw impossible(entry, "a declaration is the first entry");
    return declared(entry, entry.event);
  }
  if (state === null) throw impossible(entry, "nothing was declared");
  if (entry.version !== state.version + 1) throw impossible(entry, `version ${state.version + 1} was expected`);
  return { ...apply(state, entry), version: entry.version, lastAt: entry.at };
}

/** Folds a whole history, oldest entry first; `null` for an empty one. */
export function fold(entries: readonly Entry[]): BypassState {
  return entries.reduce<BypassState>(evolve, null);
}

function apply(state: Bypass, entry: Entry): Bypass {
  const { event, actor, at } = entry;
  switch (event.type) {
    case "bypass.declared":
      throw impossible(entry, "it was declared before");
    case "review.opened":
      return { ...state, review: openedReview(event.reviewer, event.dueAt) };
    case "review.waived":
      return state.review === null ? state : { ...state, review: { ...state.review, status: "waived" } };
    case "alert.posted":
      return { ...state, alert: { channel: event.channel, ts: event.ts } };
    case "alert.failed":
      return { ...state, alert: { failed: event.code } };
    case "alert.lost": {
      const alertsLost = state.alertsLost + 1;
      return { ...state, alertsLost, alert: alertsLost > MOST_ALERTS_LOST ? { failed: "message_deleted" } : null };
    }
    case "ack.blocked":
      return { ...state, blockedSince: entry.version };
    case "ack.unblocked":
      return { ...state, blockedSince: null };
    case "page.addressed":
      return {
        ...state,
        asked: [...state.asked, ...event.users.map((user) => ({ user, version: entry.version }))],
        pageFailures: withoutFailuresOf(state.pageFailures, { ...event, via: "slack", user: null }),
      };
    case "page.sent":
      return {
        ...state,
        steps: withOutcome(state.steps, event.step, "sent"),
        pageFailures: withoutFailuresOf(state.pageFailures, { ...event, role: null }),
      };
    case "page.failed": {
      const { step, user, role, via, code } = event;
      return {
        ...state,
        // An external pager's failure says nothing about the direct messages, which may still arrive.
        steps: via === "slack" ? withOutcome(state.steps, step, "failed") : state.steps,
        pageFailures: [...state.pageFailures, { step, user, role, via, code }],
      };
    }
    case "ack.reminded":
      return { ...state, remindedCount: event.count, reminders: [...state.reminders, entry.version] };
    case "ack.escalated":
      return {
        ...state,
        steps: state.steps.map((step, index) => (index === event.step ? { ...step, raisedAt: at } : step)),
      };
    case "ack.given":
      return { ...state, approvals: [...state.approvals, { ...personOf(actor, entry), accounts: event.accounts, at }] };
    case "pager.notified": {
      if (event.action !== "trigger") return state;
      const { step, via } = event;
      const pageFailures = state.pageFailures.filter((failure) => failure.via !== via || failure.step !== step);
      return { ...state, steps: withOutcome(state.steps, event.step, "sent"), pageFailures };
    }
    case "bypass.proceeded_alone":
    case "text.redacted":
      return state;
    case "bypass.activated":
      return {
        ...requested(state, entry),
        status: "active",
        grant: {
          version: entry.version,
          activatedAt: at,
          endsAt: event.endsAt,
          approved: event.approved,
          warned: false,
        },
      };
    case "bypass.denied":
      return { ...requested(state, entry), status: "denied", settledAt: at, by: actor };
    case "bypass.withdrawn":
      return { ...requested(state, entry), status: "withdrawn", settledAt: at, by: actor };
    case "bypass.lapsed":
      return { ...requested(state, entry), status: "lapsed", settledAt: at, why: event.why };
    case "grant.warned": {
      const active = whileActive(state, entry);
      return { ...active, grant: { ...active.grant, warned: true } };
    }
    case "bypass.expired":
      return expired(whileActive(state, entry));
    case "bypass.closed":
      return { ...whileActive(state, entry), status: "closed", endedAt: at, by: actor };
    case "bypass.revoked":
      return { ...whileActive(state, entry), status: "revoked", endedAt: at, by: actor, why: event.why };
    case "bypass.rejected_late":
      if (overAt(state) === null) throw impossible(entry, "it is not over");
      return { ...state, rejectedLate: { by: personOf(actor, entry), at } };
    case "bypass.logged":
      return { ...state, logLines: oneMore(state.logLines, personOf(actor, entry)) };
    case "attempt.refused":
      return { ...state, refusals: [...state.refusals, refusalKey(actor, event.action, event.code)] };
    case "review.submitted":
    case "review.amended":
    case "review.view_added":
    case "review.reminded":
    case "review.overdue":
    case "review.escalated":
    case "review.put_off":
    case "action.opened":
    case "action.reminded":
    case "action.overdue":
    case "action.put_off":
    case "action.ended":
      return reviewed(state, event, entry);
    default:
      return event satisfies never;
  }
}

/** Apart from opening and waiving, a review has events only after the grant has ended. */
function reviewed(state: Bypass, event: ReviewEvent, entry: Entry): Bypass {
  if (state.review === null || !("endedAt" in state)) throw impossible(entry, "it is not over");
  return { ...state, review: evolveReview(state.review, event, entry) };
}

function declared(entry: Entry, event: Extract<BypassEvent, { type: "bypass.declared" }>): Bypass {
  const { type: _, roleAsOf: __, ...plan } = event;
  return {
    ...plan,
    status: "requested",
    version: entry.version,
    requester: personOf(entry.actor, entry),
    declaredAt: entry.at,
    lastAt: entry.at,
    steps: event.ack.escalation.map((step) => ({
      ...step,
      raisedAt: step.afterSeconds === 0 ? entry.at : null,
      outcome: "none",
    })),
    asked: [],
    approvals: [],
    reminders: [],
    remindedCount: 0,
    pageFailures: [],
    alert: null,
    alertsLost: 0,
    blockedSince: null,
    review: null,
    rejectedLate: null,
    logLines: [],
    refusals: [],
  };
}

/** A step counts as sent once one of its pages was sent, even if others failed. */
function withOutcome(
  steps: readonly EscalationStep[],
  number: number | null,
  outcome: "sent" | "failed",
): readonly EscalationStep[] {
  return steps.map((step, index) => (index === number && step.outcome !== "sent" ? { ...step, outcome } : step));
}

/** Drops the failures of a page that went out on a later attempt: nobody has to be reached another way. */
function withoutFailuresOf(failures: readonly PageFailure[], page: Omit<PageFailure, "code">): readonly PageFailure[] {
  return failures.filter(
    ({ step, user, role, via }) => step !== page.step || user !== page.user || role !== page.role || via !== page.via,
  );
}

/** The grant ended at its `endsAt`, not when the expiry was recorded. */
function expired(state: Extract<Bypass, { status: "active" }>): Bypass {
  return { ...state, status: "expired", endedAt: state.grant.endsAt };
}

function requested(state: Bypass, entry: Entry): BypassCore {
  if (state.status !== "requested") throw impossible(entry, `it is ${state.status}, not requested`);
  return state;
}

function whileActive(state: Bypass, entry: Entry): Extract<Bypass, { status: "active" }> {
  if (state.status !== "active") throw impossible(entry, `it is ${state.status}, not active`);
  return state;
}

function personOf(actor: Actor, entry: Entry): Person {
  if (actor.kind !== "person") throw impossible(entry, "no person stands behind it");
  return actor;
}

function impossible(entry: Entry, why: string): Error {
  return new Error(`The trail has ${entry.event.type} as entry ${entry.version} of a bypass, but ${why}.`);
}
