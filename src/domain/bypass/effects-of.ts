import { needsApproval } from "../events/catalogue/bypass.js";
import type { Entry } from "../events/entries.js";
import { isNotice } from "../notices/effects.js";
import { reviewerRoles } from "../review/state.js";
import {
  type DirectTopic,
  directKey,
  type Effect,
  isDirectLane,
  laneOf,
  laneOfDirect,
  type MessageKey,
  RESTORED_BACKUP,
  type ThreadTopic,
  threadKey,
} from "./effects.js";
import { evolve } from "./evolve.js";
import { notificationsOf } from "./pager-actions.js";
import { type Bypass, type BypassState, isUnanswered, postedAlert } from "./state.js";

/**
 * The effects of these entries, each once: what the channel and the pagers need first, then the requester's messages,
 * then the many others. Within a lane, in order. `pagers` are the names of the external pagers; without any,
 * nothing is notified.
 */
export function effectsOf(
  before: BypassState,
  entries: readonly Entry[],
  pagers: readonly string[] = [],
): readonly Effect[] {
  const effects = new Map<string, Effect>();
  let state = before;
  for (const entry of entries) {
    const alertHadFailed = state !== null && state.alert !== null && postedAlert(state) === null;
    const failuresBefore = state?.pageFailures.length ?? 0;
    const blockedBefore = state?.blockedSince ?? null;
    state = evolve(state, entry);
    const pageRecovered = state.pageFailures.length < failuresBefore;
    const ofEntry = effectsOfEntry(state, entry, { alertHadFailed, pageRecovered, blockedBefore });
    for (const effect of [...ofEntry, ...notificationsOf(state, entry, pagers)]) effects.set(identity(effect), effect);
  }
  const requester = state === null ? "" : laneOfDirect(state.requester.user);
  return [...effects.values()].sort((a, b) => rank(a, requester) - rank(b, requester));
}

/** By lane, so that the order within a lane stays. Notices wait for the office anyway. */
function rank(effect: Effect, requesterLane: string): number {
  if (isNotice(effect)) return 3;
  const lane = laneOf(effect);
  if (!isDirectLane(lane)) return 0;
  return lane === requesterLane ? 1 : 2;
}

/** The key by which effects of one commit are deduplicated: two updates of one message become one. */
function identity(effect: Effect): string {
  return effect.kind === "message.update" ? `update ${effect.message}` : JSON.stringify(effect);
}

/** Failures before the entry that the state after it no longer shows. */
interface Recovery {
  /** Posting the alert had failed before this entry. */
  readonly alertHadFailed: boolean;
  /** A page that had failed went out with this entry. */
  readonly pageRecovered: boolean;
  /** Version of the entry since which nobody could approve. */
  readonly blockedBefore: number | null;
}

function effectsOfEntry(
  state: Bypass,
  entry: Entry,
  { alertHadFailed, pageRecovered, blockedBefore }: Recovery,
): readonly Effect[] {
  const { event, version } = entry;
  const thread = (about: ThreadTopic, broadcast = false): Effect => ({
    kind: "thread.post",
    about,
    version,
    broadcast,
  });
  const direct = (to: string, about: DirectTopic, step: number | null = null): Effect => ({
    kind: "dm.post",
    to,
    about,
    version,
    step,
  });
  const requester = state.requester.user;
  const alert: Effect = { kind: "message.update", message: "alert", version };

  switch (event.type) {
    case "bypass.declared":
      return [
        { kind: "alert.post" },
        ...(needsApproval(state.ack) ? [direct(requester, "pending")] : []),
        ...asks(state),
      ];
    case "page.addressed":
      return [
        ...event.users.map((user) => direct(user, "ask", event.step)),
        // The alert and the requester's message say that the mention asks the others.
        ...(event.others > 0 || pageRecovered ? [alert] : []),
        ...(event.others > 0 ? pendingMessage(state, version) : []),
      ];
    case "page.failed":
      return event.user === null && event.code !== RESTORED_BACKUP && isUnanswered(state)
        ? [alert, thread("page-failed")]
        : [alert];
    case "page.sent":
    case "pager.notified":
      return pageRecovered ? [alert] : [];
    case "alert.failed":
      return [direct(requester, "alert-failed"), ...refreshed(state, version)];
    case "alert.posted":
      return alertHadFailed || state.alertsLost > 0 ? refreshed(state, version) : [];
    case "alert.lost":
      return state.alert === null
        ? [{ kind: "alert.post", again: version }]
        : [direct(requester, "alert-failed"), ...refreshed(state, version)];
    case "ack.blocked":
      return [thread("blocked"), direct(requester, "blocked"), ...refreshed(state, version)];
    case "ack.unblocked":
      return [
        ...updates(blockedMessages(requester, blockedBefore), version),
        thread("unblocked"),
        ...refreshed(state, version),
      ];
    case "ack.reminded":
      return [thread("reminder")];
    case "ack.escalated":
      return [{ kind: "page", purpose: "page", role: event.role, step: event.step }, thread("escalated"), alert];
    case "ack.given":
      return event.count < event.needed ? [thread("partial"), ...refreshed(state, version)] : [];
    case "bypass.activated":
      return [
        ...refreshed(state, version),
        thread(event.approved || !needsApproval(state.ack) ? "settled" : "alone", true),
        direct(requester, "outcome"),
        ...readings(state),
      ];
    case "bypass.denied":
    case "bypass.lapsed":
      return [...refreshed(state, version), thread("settled"), direct(requester, "outcome")];
    case "bypass.withdrawn":
      return [...refreshed(state, version), thread("settled")];
    case "grant.warned":
      return [alert, thread("warning"), direct(requester, "warning")];
    case "bypass.expired":
    case "bypass.revoked":
      return [...ended(state, version), thread("ended"), direct(requester, "ended")];
    case "bypass.closed":
      return [...ended(state, version), thread("ended")];
    case "bypass.rejected_late":
      return [alert, thread("rejected-late")];
    case "bypass.logged":
      return event.via === "command" ? [thread("logged")] : [];
    case "text.redacted":
      return [{ kind: "rerender", version }];
    case "review.submitted":
      return [alert, thread("review"), ...readings(state)];
    case "review.amended":
      return [alert, thread("amended"), ...readings(state)];
    case "review.view_added":
      return [thread("view")];
    case "review.reminded":
      return state.review === null
        ? []
        : reviewerRoles(state.review).map((role) => ({ kind: "reminder", role, user: null, slot: event.slot }));
    case "review.escalated":
      return [{ kind: "reminder", role: event.role, user: null, slot: event.slot }];
    case "review.overdue":
    case "action.overdue":
      return [{ kind: "overdue", channel: state.channel, slot: event.slot }];
    case "action.opened":
      return [direct(event.owner, "action")];
    case "action.reminded": {
      const owner = state.review?.actions.find(({ action }) => action === event.action)?.owner;
      return owner === undefined ? [] : [{ kind: "reminder", role: null, user: owner, slot: event.slot }];
    }
    case "action.ended":
      return [alert, ...actionMessages(state, version)];
    case "review.put_off":
    case "action.put_off":
      return [thread("put-off")];
    case "review.opened":
    case "review.waived":
    case "bypass.proceeded_alone":
    case "attempt.refused":
      return [];
    default:
      return event satisfies never;
  }
}

/** Drills do not count in the readings. */
const readings = (state: Bypass): readonly Effect[] => (state.kind === "drill" ? [] : [{ kind: "readings" }]);

/** Updates of the messages to the owners of actions. */
function actionMessages(state: Bypass, version: number): readonly Effect[] {
  const actions = state.review?.actions ?? [];
  return updates(
    actions.map((action) => directKey(action.owner, "action", action.version)),
    version,
  );
}

/** Step 0 of the escalation is paged; other roles that may approve are asked without being paged. */
function asks(state: Bypass): readonly Effect[] {
  const paged = state.steps.flatMap((step, index) =>
    step.raisedAt === null ? [] : [{ role: step.role, step: index }],
  );
  const others = !needsApproval(state.ack)
    ? []
    : state.ack.roles.filter((role) => !paged.some((page) => page.role === role));
  return [
    ...paged.map(({ role, step }): Effect => ({ kind: "page", purpose: "page", role, step })),
    ...others.map((role): Effect => ({ kind: "page", purpose: "ask", role, step: null })),
  ];
}

/** The direct messages about the request: to those who were asked, and to the requester who waits. */
function requestMessages(state: Bypass): readonly MessageKey[] {
  const asked = state.asked.map(({ user, version }) => directKey(user, "ask", version));
  return needsApproval(state.ack) ? [...asked, pendingKey(state)] : asked;
}

const pendingKey = (state: Bypass): MessageKey => directKey(state.requester.user, "pending", 1);

const pendingMessage = (state: Bypass, version: number): readonly Effect[] =>
  needsApproval(state.ack) ? updates([pendingKey(state)], version) : [];

/** Updates of every message that carries the buttons of a request. */
function refreshed(state: Bypass, version: number): readonly Effect[] {
  const reminders = state.reminders.map((reminder) => threadKey("reminder", reminder));
  const blocked = blockedMessages(state.requester.user, state.blockedSince);
  return updates(["alert", ...reminders, ...blocked, ...requestMessages(state)], version);
}

/** The messages that nobody can approve. */
const blockedMessages = (requester: string, since: number | null): readonly MessageKey[] =>
  since === null ? [] : [threadKey("blocked", since), directKey(requester, "blocked", since)];

/** Updates of every message that carries the buttons of a grant or says that it is active, so that none goes stale. */
function ended(state: Bypass, version: number): readonly Effect[] {
  const outcome = "grant" in state ? [directKey(state.requester.user, "outcome", state.grant.version)] : [];
  return updates(["alert", ...outcome, ...requestMessages(state)], version);
}

function updates(keys: readonly MessageKey[], version: number): readonly Effect[] {
  return keys.map((message) => ({ kind: "message.update", message, version }));
}
