import type { DrillDue } from "../../domain/drill/due.js";
import { lastReminderBy } from "../../domain/follow-up/reminders.js";
import { type GateItem, ownerOf } from "../../domain/gate/gate-item.js";
import type { Notice } from "../../domain/notices/effects.js";
import { accountsOf } from "../../domain/policy/roles.js";
import type { AppContext } from "../app-context.js";
import { loadPrincipal } from "../people/load-principal.js";
import type { GateMark, NoticeContent } from "../ports/ports.js";
import { readDrills } from "./drills.js";
import { channelOfGates, readGates } from "./gates.js";

/** So many of a kind are read for one message; what does not fit into it is counted. */
const MOST_READ = 200;

type Waits = Extract<NoticeContent, { kind: "waits" }>;
type Overdue = Extract<NoticeContent, { kind: "overdue" }>;

/** What waits for one person: reviews that their roles write, actions and sick gates that are theirs; `null`: nothing. */
export async function waitsOf(context: AppContext, user: string): Promise<Waits | null> {
  const { policy } = context.policy.current();
  const principal = await loadPrincipal(context, user, Object.keys(policy.roles));
  const accounts = accountsOf(policy, user);
  const roles = "roles" in principal && principal.accountStatus === "member" ? principal.roles : [];
  const [reviews, actions, items, drills] = await Promise.all([
    // Nobody writes the review of their own bypass.
    context.queries.reviewsOf(roles, { person: principal.person, accounts }, MOST_READ),
    context.queries.actionsOf(accounts, MOST_READ),
    context.queries.gateItems(),
    readDrills(context),
  ]);
  const now = reviews.now.toISOString();
  const board: Waits = {
    kind: "waits",
    to: user,
    now,
    reviews: reviews.bypasses,
    actions,
    gates: items.filter((item) => isAsking(item, now) && roles.includes(ownerOf(policy, item))),
    drills: drills.filter(
      (drill) => isAsked(drill, now) && [drill.role, drill.escalateTo ?? ""].some((role) => roles.includes(role)),
    ),
  };
  return isEmpty(board) ? null : board;
}

/** What is overdue of the bypasses of one channel, and sick gates that are told of there; `null`: nothing. */
export async function overdueOf(context: AppContext, channel: string): Promise<Overdue | null> {
  const { policy } = context.policy.current();
  const [reviews, actions, items, drills] = await Promise.all([
    context.queries.overdueReviews(channel, MOST_READ),
    context.queries.overdueActions(channel, MOST_READ),
    context.queries.gateItems(),
    readDrills(context),
  ]);
  const now = reviews.now.toISOString();
  const gates = items.filter((item) => isAsking(item, now) && item.dueAt < now && channelOfGates(policy) === channel);
  const board: Overdue = {
    kind: "overdue",
    channel,
    now,
    reviews: reviews.bypasses,
    actions,
    gates,
    drills: drills.filter((drill) => drill.channel === channel && drill.dueAt < now),
  };
  return isEmpty(board) ? null : board;
}

/** A gate item with its evidence, as it was opened and as it stands or was closed. */
export async function gateOf(
  context: AppContext,
  notice: Extract<Notice, { kind: "gate.post" | "gate.reply" | "gate.update" }>,
): Promise<NoticeContent | null> {
  const { gate } = notice;
  const { now, readings, items } = await readGates(context, [gate]);
  const newest = items.find((one) => one.gate === gate);
  const [reading] = readings;
  if (newest === undefined || reading === undefined) return null;
  const marks = await context.queries.gateMarks(gate);
  const item = newest.item === notice.item ? newest : pastItem(newest, marks, notice.item);
  if (item === null) return null;
  const evidence = await context.queries.flagged(item.openedSeq);
  if (evidence === null) return null;
  const about = notice.kind === "gate.reply" ? "closed" : "item";
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

/** Has its first reminder come? Before that a rehearsal waits for nobody. */
const isAsked = ({ followUp }: DrillDue, now: string): boolean => lastReminderBy(followUp.plan, now) !== null;

/** An item that a relapse has followed: its message still has to say how it was closed. */
function pastItem(newest: GateItem, marks: readonly GateMark[], number: number): GateItem | null {
  const own = marks.filter(({ item }) => item === number);
  const opened = own.find(({ what }) => what === "flagged");
  const closed = own.find(({ what }) => what !== "flagged");
  if (opened === undefined || closed === undefined) return null;
  const status = closed.what === "recovered" ? "recovered" : "fixed";
  return { ...newest, item: number, status, openedSeq: opened.seq, openedAt: opened.at, closedAt: closed.at };
}

/** Is it open and not put off? */
const isAsking = ({ status, progress: { putOffUntil } }: GateItem, now: string): boolean =>
  status === "open" && (putOffUntil === null || putOffUntil <= now);
const isEmpty = ({ reviews, actions, gates, drills }: Waits | Overdue): boolean =>
  reviews.length + actions.length + gates.length + drills.length === 0;
