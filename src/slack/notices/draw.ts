import type { KnownBlock } from "@slack/types";
import { bypassName, reviewName } from "../../domain/bypass/number.js";
import type { Policy } from "../../domain/policy/policy.js";
import type { DrillDue } from "../../domain/review/drills.js";
import type { ActionSummary, Board, BypassSummary } from "../../usecases/ports.js";
import { gateClosed, gateLine, gateMessage } from "../gates/message.js";
import { buttonRow } from "../messages/buttons.js";
import type { MessageBody } from "../messages/scene.js";
import { dateToken, duration, secondsBetween } from "../text/dates.js";
import { escapeTo, joinWithin, sentenceList } from "../text/escape.js";
import { mention, roleMention, roleName } from "../text/mentions.js";
import { digestMessage } from "./digest.js";

/** A message takes 50 blocks; each review and each action takes two. */
const MOST_OF_A_KIND = 10;
/** A sick gate takes one, and so does a drill. */
const MOST_LINES = 6;
const TEXT_MAX = 4000;
const WHAT_MAX = 200;
const MOST_GATES = 4;

/** A notice as it is posted: one message, however much it names. */
export function drawBoard(board: Board, policy: Policy): MessageBody {
  switch (board.kind) {
    case "waits":
      return waits(board, policy);
    case "overdue":
      return overdue(board, policy);
    case "gate":
      return board.about === "item" ? gateMessage(board, policy) : gateClosed(board, policy);
    case "digest":
      return digestMessage(board, policy);
    default:
      return board satisfies never;
  }
}

function waits(board: Waits, policy: Policy): MessageBody {
  const head = `*${waiting(board)}* for you. Blameless, a few sentences each: what forced it, what we learned, what is to be done.`;
  return {
    text: textOf(head, Object.values(linesOf(board, policy)).flat()),
    blocks: [section("head", head), ...waitingBlocks(board, policy)],
  };
}

type Waits = Extract<Board, { kind: "waits" }>;

function linesOf({ reviews, actions, gates, drills, now }: Waits, policy: Policy) {
  return {
    reviews: reviews.map((one) => reviewLine(one, policy, now)),
    actions: actions.map((one) => actionLine(one, now)),
    others: [...gates.map((one) => gateLine(one, policy, now)), ...drills.map((one) => drillLine(one, now))],
  };
}

/** What waits for one person, each with its buttons; for a message and for the App Home. */
export function waitingBlocks(board: Waits, policy: Policy): KnownBlock[] {
  const { reviews, actions } = board;
  const lines = linesOf(board, policy);
  return [
    ...reviews
      .slice(0, MOST_OF_A_KIND)
      .flatMap((one, index): KnownBlock[] => [
        section(`review-${one.n}`, lines.reviews[index] ?? ""),
        buttonRow(`review-${one.n}-v${one.version}`, one, ["writeReview", "snoozeReview"]),
      ]),
    ...actions
      .slice(0, MOST_OF_A_KIND)
      .flatMap((one, index): KnownBlock[] => [
        section(`action-${one.n}-${one.action}`, lines.actions[index] ?? ""),
        buttonRow(`action-${one.n}-${one.action}-buttons`, one, ["actionDone", "snoozeAction"]),
      ]),
    ...lines.others.slice(0, MOST_LINES).map((line, index) => section(`line-${index}`, line)),
    ...more(reviews.length, actions.length, lines.others.length),
  ];
}

function overdue(board: Extract<Board, { kind: "overdue" }>, policy: Policy): MessageBody {
  const { reviews, actions, gates, drills, now } = board;
  const head = `*Overdue: ${counted(board)}.* A bypass without its review teaches nobody anything.`;
  const reviewLines = reviews.map((one) => {
    const who = one.reviewRoles.map((role) => roleMention(policy, role)).join(" ");
    return `${reviewLine(one, policy, now)} To be written by ${who}.`;
  });
  const actionLines = actions.map((one) => `${actionLine(one, now)} By ${mention(one.owner)}.`);
  const gateLines = [...gates.map((one) => gateLine(one, policy, now)), ...drills.map((one) => drillLine(one, now))];
  return {
    text: textOf(head, [...reviewLines, ...actionLines, ...gateLines]),
    blocks: [
      section("head", head),
      ...reviews
        .slice(0, MOST_OF_A_KIND)
        .flatMap((one, index): KnownBlock[] => [
          section(`review-${one.n}`, reviewLines[index] ?? ""),
          buttonRow(`review-${one.n}-v${one.version}`, one, ["writeReview"]),
        ]),
      ...actions
        .slice(0, MOST_OF_A_KIND)
        .map((one, index) => section(`action-${one.n}-${one.action}`, actionLines[index] ?? "")),
      ...gateLines.slice(0, MOST_LINES).map((line, index) => section(`line-${index}`, line)),
      ...more(reviews.length, actions.length, gateLines.length),
    ],
  };
}

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;

type Listed = Pick<Extract<Board, { kind: "waits" | "overdue" }>, "reviews" | "actions" | "gates" | "drills">;

const counted = ({ reviews, actions, gates, drills }: Listed): string =>
  sentenceList([
    ...(reviews.length > 0 ? [plural(reviews.length, "review")] : []),
    ...(actions.length > 0 ? [plural(actions.length, "action")] : []),
    ...(gates.length > 0 ? [plural(gates.length, "sick gate")] : []),
    ...(drills.length > 0 ? [plural(drills.length, "drill")] : []),
  ]);

const waiting = (listed: Listed): string => {
  const { reviews, actions, gates, drills } = listed;
  const one = reviews.length + actions.length + gates.length + drills.length === 1;
  return `${counted(listed)} ${one ? "waits" : "wait"}`;
};

/** Only what everybody may read: id, gates and times. */
function reviewLine(one: BypassSummary, policy: Policy, now: string): string {
  const gates = one.gates.slice(0, MOST_GATES).map((gate) => escapeTo(policy.gates[gate]?.title ?? gate, 90));
  const left = one.gates.length - gates.length;
  const named = sentenceList(left > 0 ? [...gates, `${left} more`] : gates);
  const drill = one.kind === "drill" ? "DRILL " : "";
  return `${drill}*${reviewName(one.n)}* of ${bypassName(one.n)} (${named}): ${due(one.reviewDueAt, now)}`;
}

function actionLine(one: ActionSummary, now: string): string {
  const what = one.what === null ? "text left out" : escapeTo(one.what, WHAT_MAX);
  return `*Action* from ${reviewName(one.n)}: ${what}, ${due(one.dueAt, now)}`;
}

/** A rehearsal that the policy asks for. */
function drillLine({ path, title, dueAt }: DrillDue, now: string): string {
  return `*Drill* of ${escapeTo(title, 90)} (${roleName(path)}), ${due(dueAt, now)} \`/breakglass drill\` starts it.`;
}

function due(at: string, now: string): string {
  const late = secondsBetween(new Date(at), now);
  return late > 0 ? `*overdue* for ${duration(late)}, since ${dateToken(at)}.` : `due ${dateToken(at)}.`;
}

function more(reviews: number, actions: number, gates: number): KnownBlock[] {
  const beyond = (count: number, most: number): number => Math.max(0, count - most);
  const left = beyond(reviews, MOST_OF_A_KIND) + beyond(actions, MOST_OF_A_KIND) + beyond(gates, MOST_LINES);
  return left === 0 ? [] : [section("more", `${left} more are not shown here; \`/breakglass reviews\` lists them.`)];
}

const textOf = (head: string, lines: readonly string[]): string =>
  joinWithin([head.replaceAll("*", ""), ...lines.map((line) => line.replaceAll("*", ""))], TEXT_MAX, "\n");

function section(id: string, text: string): KnownBlock {
  return { type: "section", block_id: id, text: { type: "mrkdwn", text: text.slice(0, 3000), verbatim: true } };
}
