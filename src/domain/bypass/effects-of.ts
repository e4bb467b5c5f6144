import type { Entry } from "../events/entries.js";
import { reviewerRoles } from "../review/state.js";
import { type DirectTopic, directKey, type Effect, type MessageKey, type ThreadTopic, threadKey } from "./effects.js";
import { evolve } from "./evolve.js";
import { notificationsOf } from "./pager-actions.js";
import { type Bypass, type BypassState, isUnanswered } from "./state.js";

/**
 * What the world must be told because of these entries, in order, each effect once. `pagers` are the names of the pagers
 * outside of Slack; without any there is nothing to notify.
 */
export function effectsOf(
  before: BypassState,
  entries: readonly Entry[],
  pagers: readonly string[] = [],
): readonly Effect[] {
  const effects = new Map<string, Effect>();
  let state = before;
  for (const entry of entries) {
    const unheard = state?.alert !== undefined && state.alert !== null && "failed" in state.alert;
    const failures = state?.pageFailures.length ?? 0;
    state = evolve(state, entry);
    const fixed = state.pageFailures.length < failures;
    const told = [...effectsOfEntry(state, entry, { unheard, fixed }), ...notificationsOf(state, entry, pagers)];
    for (const effect of told) effects.set(identity(effect), effect);
  }
  return [...effects.values()];
}

/** Two updates of one message in one commit are one update. */
function identity(effect: Effect): string {
  return effect.kind === "message.update" ? `update ${effect.message}` : JSON.stringify(effect);
}

/** What this entry changed beside the state: the alert had not been posted until then, a page had failed until then. */
interface Turn {
  readonly unheard: boolean;
  readonly fixed: boolean;
}

function effectsOfEntry(state: Bypass, entry: Entry, { unheard, fixed }: Turn): readonly Effect[] {
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
      return [{ kind: "alert.post" }, ...(state.ack.needed > 0 ? [direct(requester, "pending")] : []), ...asks(state)];
    case "page.addressed":
      return event.users.map((user) => direct(user, "ask", event.step));
    case "page.failed":
      return event.user === null && isUnanswered(state) ? [alert, thread("page-failed")] : [alert];
    case "pager.notified":
      return fixed ? [alert] : [];
    case "alert.failed":
      return [direct(requester, "alert-failed"), ...refreshed(state, version)];
    case "alert.posted":
      return unheard ? refreshed(state, version) : [];
    case "ack.reminded":
      return [thread("reminder")];
    case "ack.escalated":
      return [{ kind: "page", purpose: "page", role: event.role, step: event.step }, thread("escalated"), alert];
    case "ack.given":
      return event.count < event.needed ? [thread("partial"), ...refreshed(state, version)] : [];
    case "bypass.activated":
      return [
        ...refreshed(state, version),
        thread(event.approved || state.ack.needed === 0 ? "settled" : "alone", true),
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
    case "bypass.logged":
      return event.via === "command" ? [thread("logged")] : [];
    case "text.redacted":
      return [{ kind: "redraw", version }];
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
    case "review.opened":
    case "review.waived":
    case "page.sent":
    case "bypass.proceeded_alone":
    case "attempt.refused":
      return [];
    default:
      return event satisfies never;
  }
}

/** Drills are left out of the readings. */
const readings = (state: Bypass): readonly Effect[] => (state.kind === "drill" ? [] : [{ kind: "readings" }]);

/** The messages to those who see to an action. */
function actionMessages(state: Bypass, version: number): readonly Effect[] {
  const actions = state.review?.actions ?? [];
  return updates(
    actions.map((one) => directKey(one.owner, "action", one.version)),
    version,
  );
}

/** EscalationStep 0 is paged; whoever else may ack is asked without being paged. */
function asks(state: Bypass): readonly Effect[] {
  const paged = state.steps.flatMap((step, index) =>
    step.raisedAt === null ? [] : [{ role: step.role, step: index }],
  );
  const others = state.ack.needed === 0 ? [] : state.ack.roles.filter((role) => !paged.some((p) => p.role === role));
  return [
    ...paged.map(({ role, step }): Effect => ({ kind: "page", purpose: "page", role, step })),
    ...others.map((role): Effect => ({ kind: "page", purpose: "ask", role, step: null })),
  ];
}

/** The direct messages about the request: to whoever was asked, and to the requester who waits. */
function asking(state: Bypass): readonly MessageKey[] {
  const asked = state.asked.map(({ user, version }) => directKey(user, "ask", version));
  return state.ack.needed > 0 ? [...asked, directKey(state.requester.user, "pending", 1)] : asked;
}

/** Every message that carries buttons of a request. */
function refreshed(state: Bypass, version: number): readonly Effect[] {
  const reminders = state.reminders.map((reminder) => threadKey("reminder", reminder));
  return updates(["alert", ...reminders, ...asking(state)], version);
}

/** Every message that carries buttons of a grant, or says that it runs: nobody must read that for ever. */
function ended(state: Bypass, version: number): readonly Effect[] {
  const outcome = "grant" in state ? [directKey(state.requester.user, "outcome", state.grant.version)] : [];
  return updates(["alert", ...outcome, ...asking(state)], version);
}

function updates(keys: readonly MessageKey[], version: number): readonly Effect[] {
  return keys.map((message) => ({ kind: "message.update", message, version }));
}
