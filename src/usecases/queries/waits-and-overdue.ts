import type { DrillDue } from "../../domain/drill/due.js";
import { type GateItem, ownerOf } from "../../domain/gate/gate-item.js";
import type { Notice } from "../../domain/notices/effects.js";
import { channelOfGates } from "../../domain/policy/channels.js";
import { accountsOf } from "../../domain/policy/roles.js";
import { lastReminderBy } from "../../domain/reminders/schedule.js";
import type { AppContext } from "../app-context.js";
import { loadPrincipal } from "../people/load-principal.js";
import type { GateMark, GatePutOff, NoticeContent, RecordedGateItem } from "../ports/ports.js";
import { readDrills } from "./drills.js";
import { readGates } from "./gates.js";

/** The most rows of each kind that are read for one message. The message counts what it has no room for. */
const MAX_ROWS = 200;

type Waits = Extract<NoticeContent, { kind: "waits" }>;
type Overdue = Extract<NoticeContent, { kind: "overdue" }>;

/**
 * What waits for one person: reviews that their roles may write, their actions, sick gates and drills; `null` for
 * nothing.
 */
export async function waitsOf(context: AppContext, user: string): Promise<Waits | null> {
  const { policy } = context.policy.current();
  const principal = await loadPrincipal(context, user, Object.keys(policy.roles));
  const accounts = accountsOf(policy, user);
  const roles = "roles" in principal && principal.accountStatus === "member" ? principal.roles : [];
  const [reviews, actions, items, drills] = await Promise.all([
    // A requester may not write the review of their own bypass.
    context.queries.reviewsOf(roles, { person: principal.person, accounts }, MAX_ROWS),
    context.queries.actionsOf(accounts, MAX_ROWS),
    context.queries.gateItems(),
    readDrills(context),
  ]);
  const now = reviews.now.toISOString();
  const waits: Waits = {
    kind: "waits",
    to: user,
    now,
    reviews: reviews.bypasses,
    actions,
    gates: items.filter((item) => isWaiting(item, now) && roles.includes(ownerOf(policy, item))),
    drills: drills.filter(
      (drill) => isReminderDue(drill, now) && [drill.role, drill.escalateTo ?? ""].some((role) => roles.includes(role)),
    ),
  };
  return isEmpty(waits) ? null : waits;
}

/** What is overdue among the bypasses, gates and drills of one channel; `null` for nothing. */
export async function overdueOf(context: AppContext, channel: string): Promise<Overdue | null> {
  const { policy } = context.policy.current();
  const [reviews, actions, items, drills] = await Promise.all([
    context.queries.overdueReviews(channel, MAX_ROWS),
    context.queries.overdueActions(channel, MAX_ROWS),
    context.queries.gateItems(),
    readDrills(context),
  ]);
  const now = reviews.now.toISOString();
  const gates = items.filter((item) => isWaiting(item, now) && item.dueAt < now && channelOfGates(policy) === channel);
  const overdue: Overdue = {
    kind: "overdue",
    channel,
    now,
    reviews: reviews.bypasses,
    actions,
    gates,
    drills: drills.filter((drill) => drill.channel === channel && drill.dueAt < now),
  };
  return isEmpty(overdue) ? null : overdue;
}

/** A gate item with the evidence that opened it and its current or final state. */
export async function gateOf(
  context: AppContext,
  notice: Extract<Notice, { kind: "gate.post" | "gate.reply" | "gate.update" }>,
): Promise<NoticeContent | null> {
  const { gate } = notice;
  const { now, readings, items } = await readGates(context, [gate]);
  const newest = items.find((item) => item.gate === gate);
  const [reading] = readings;
  if (newest === undefined || reading === undefined) return null;
  const marks = await context.queries.gateMarks(gate);
  const item = newest.item === notice.item ? newest : pastItem(newest, marks, notice.item);
  if (item === null) return null;
  const evidence = (await context.queries.gateEntry(item.openedSeq))?.event;
  if (evidence?.type !== "gate.flagged") return null;
  const putOffs = marks.filter((mark) => mark.item === notice.item && mark.what === "put_off");
  const about =
    notice.kind !== "gate.reply"
      ? "item"
      : notice.putOff === undefined
        ? "closed"
        : await putOffOf(context, putOffs[notice.putOff - 1]);
  if (about === null) return null;
  return {
    kind: "gate",
    about,
    channel: channelOfGates(context.policy.current().policy),
    now,
    item,
    evidence,
    reading,
    marks,
  };
}

/** What the entry of that mark says; `null` without one. */
async function putOffOf(context: AppContext, mark: GateMark | undefined): Promise<GatePutOff | null> {
  const entry = mark === undefined ? null : await context.queries.gateEntry(mark.seq);
  if (mark === undefined || entry?.event.type !== "gate.put_off" || entry.actor.kind !== "person") return null;
  const { until, count } = entry.event;
  return { mark, by: entry.actor.user, until, count };
}

/** True once the first reminder is due; before that, a drill is not listed. */
const isReminderDue = ({ followUp }: DrillDue, now: string): boolean => lastReminderBy(followUp.plan, now) !== null;

/** An earlier item of a gate that became sick again: its message must still say how it was closed. */
function pastItem(newest: RecordedGateItem, marks: readonly GateMark[], number: number): RecordedGateItem | null {
  const own = marks.filter(({ item }) => item === number);
  const opened = own.find(({ what }) => what === "flagged");
  const closed = own.find(({ what }) => what !== "flagged" && what !== "put_off");
  if (opened === undefined || closed === undefined) return null;
  const status = closed.what === "recovered" ? "recovered" : "fixed";
  const { seq: openedSeq, head: identity, at: openedAt } = opened;
  return { ...newest, item: number, status, openedSeq, identity, openedAt, closedAt: closed.at };
}

/** True when the item is open and not put off. */
const isWaiting = ({ status, progress: { putOffUntil } }: GateItem, now: string): boolean =>
  status === "open" && (putOffUntil === null || putOffUntil <= now);
const isEmpty = ({ reviews, actions, gates, drills }: Waits | Overdue): boolean =>
  reviews.length + actions.length + gates.length + drills.length === 0;
