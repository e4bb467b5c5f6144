import type { KnownBlock } from "@slack/types";
import type { DrillDue } from "../../domain/drill/due.js";
import { bypassName, reviewName } from "../../domain/events/names.js";
import type { Policy } from "../../domain/policy/policy.js";
import type { ActionSummary, BypassSummary, NoticeContent } from "../../usecases/ports/ports.js";
import { section } from "../block-kit/blocks.js";
import { dueWords } from "../block-kit/dates.js";
import { escapeTo, joinWithin, sentenceList } from "../block-kit/escape.js";
import { LIMITS } from "../block-kit/limits.js";
import { mention, roleMention, roleName } from "../block-kit/mentions.js";
import { actionRow, buttonRow, gateButtons } from "./buttons.js";
import { drillMark, type MessageBody } from "./context.js";
import { gateLine } from "./gate.js";

/** Slack allows 50 blocks in a message; each review, action and sick gate takes two. */
const MOST_OF_A_KIND = 8;
const MOST_SICK = 5;
const MOST_DRILLS = 5;
const WHAT_MAX = 200;
const HOW_A_REVIEW_IS_WRITTEN =
  "A review is blameless and takes a few sentences: what forced it, what we learned, what is to be done.";
const MOST_GATES = 4;

type Waits = Extract<NoticeContent, { kind: "waits" }>;
type Listed = Pick<Extract<NoticeContent, { kind: "waits" | "overdue" }>, "reviews" | "actions" | "gates" | "drills">;

/** To one person: everything that waits for them. */
export function waitsMessage(content: Waits, policy: Policy): MessageBody {
  const how = content.reviews.length === 0 ? "" : ` ${HOW_A_REVIEW_IS_WRITTEN}`;
  const head = `*${waiting(content)}* for you.${how}`;
  return {
    text: textOf(head, Object.values(linesOf(content, policy)).flat()),
    blocks: [section(head, "head"), ...waitingBlocks(content, policy, "message")],
  };
}

function linesOf({ reviews, actions, gates, drills, now }: Listed & { readonly now: string }, policy: Policy) {
  return {
    reviews: reviews.map((bypass) => reviewLine(bypass, policy, now)),
    actions: actions.map((action) => `${actionLine(action, now)} ${WHERE_ITS_TEXT_IS}`),
    gates: gates.map((item) => gateLine(item, policy, now)),
    drills: drills.map((drill) => drillLine(drill, now)),
  };
}

/**
 * What waits for one person, each item with its buttons, for a message or the App Home. The Home may show people's texts,
 * because it is rendered again after a redaction. A posted message is not, so it must not show them.
 */
export function waitingBlocks(content: Waits, policy: Policy, place: "message" | "home"): KnownBlock[] {
  const { reviews, actions, gates } = content;
  const lines = linesOf(content, policy);
  const actionLines = place === "home" ? actions.map((action) => actionInFull(action, content.now)) : lines.actions;
  return [
    ...reviews
      .slice(0, MOST_OF_A_KIND)
      .flatMap((bypass, index): KnownBlock[] => [
        section(lines.reviews[index] ?? "", `review-${bypass.n}`),
        buttonRow(`review-${bypass.n}-v${bypass.version}`, bypass, ["writeReview", "putOffReview"]),
      ]),
    ...actions
      .slice(0, MOST_OF_A_KIND)
      .flatMap((action, index): KnownBlock[] => [
        section(actionLines[index] ?? "", `action-${action.n}-${action.action}`),
        actionRow(`action-${action.n}-${action.action}-buttons`, action, ["actionDone", "putOffAction"]),
      ]),
    ...gates
      .slice(0, MOST_SICK)
      .flatMap((item, index): KnownBlock[] => [
        section(lines.gates[index] ?? "", `gate-${item.gate}-${item.item}`),
        gateButtons(item),
      ]),
    ...drillBlocks(lines.drills),
    ...more(content),
  ];
}

/** To a channel: what is overdue, and who has to do it. */
export function overdueMessage(content: Extract<NoticeContent, { kind: "overdue" }>, policy: Policy): MessageBody {
  const { reviews, actions, gates, drills, now } = content;
  const why = reviews.length === 0 ? "" : " A bypass without its review teaches nobody anything.";
  const head = `*Overdue: ${counted(content)}.*${why}`;
  const reviewLines = reviews.map((bypass) => {
    const who = bypass.reviewRoles.map((role) => roleMention(policy, role)).join(" ");
    return `${reviewLine(bypass, policy, now)} To be written by ${who}.`;
  });
  const actionLines = actions.map(
    (action) =>
      `${actionLine(action, now)} By ${mention(action.owner)}. \`/breakglass show ${bypassName(action.n)}\` tells what it is.`,
  );
  const lines = linesOf(content, policy);
  const drillLines = lines.drills.map((line, index) => {
    const role = drills[index]?.role;
    return role === undefined ? line : `${line} To be seen to by ${roleMention(policy, role)}.`;
  });
  return {
    text: textOf(head, [...reviewLines, ...actionLines, ...lines.gates, ...drillLines]),
    blocks: [
      section(head, "head"),
      ...reviews
        .slice(0, MOST_OF_A_KIND)
        .flatMap((bypass, index): KnownBlock[] => [
          section(reviewLines[index] ?? "", `review-${bypass.n}`),
          buttonRow(`review-${bypass.n}-v${bypass.version}`, bypass, ["writeReview"]),
        ]),
      ...actions
        .slice(0, MOST_OF_A_KIND)
        .map((action, index) => section(actionLines[index] ?? "", `action-${action.n}-${action.action}`)),
      ...gates
        .slice(0, MOST_SICK)
        .map((item, index) => section(lines.gates[index] ?? "", `gate-${item.gate}-${item.item}`)),
      ...drillBlocks(drillLines),
      ...more(content),
    ],
  };
}

const plural = (count: number, singular: string): string => `${count} ${singular}${count === 1 ? "" : "s"}`;

const counted = ({ reviews, actions, gates, drills }: Listed): string =>
  sentenceList([
    ...(reviews.length > 0 ? [plural(reviews.length, "review")] : []),
    ...(actions.length > 0 ? [plural(actions.length, "action")] : []),
    ...(gates.length > 0 ? [plural(gates.length, "sick gate")] : []),
    ...(drills.length > 0 ? [plural(drills.length, "drill")] : []),
  ]);

const waiting = (listed: Listed): string => {
  const { reviews, actions, gates, drills } = listed;
  const single = reviews.length + actions.length + gates.length + drills.length === 1;
  return `${counted(listed)} ${single ? "waits" : "wait"}`;
};

/** Shows only what everybody may read: id, gates and times. */
function reviewLine(bypass: BypassSummary, policy: Policy, now: string): string {
  const gates = bypass.gates.slice(0, MOST_GATES).map((gate) => escapeTo(policy.gates[gate]?.title ?? gate, 90));
  const left = bypass.gates.length - gates.length;
  const named = sentenceList(left > 0 ? [...gates, `${left} more`] : gates);
  return `${drillMark(bypass)}*${reviewName(bypass.n)}* of ${bypassName(bypass.n)} (${named}): ${dueWords(bypass.reviewDueAt, now)}`;
}

const WHERE_ITS_TEXT_IS = "The message about it, and my Home, tell what it is.";

/** Leaves out people's texts. */
const actionLine = (action: ActionSummary, now: string): string =>
  `${drillMark(action)}*Action ${action.action}* from ${reviewName(action.n)}: ${dueWords(action.dueAt, now)}`;

function actionInFull(action: ActionSummary, now: string): string {
  const what = action.what === null ? "_redacted_" : escapeTo(action.what, WHAT_MAX);
  return `${actionLine(action, now)} ${what}`;
}

/** A drill that the policy requires. */
function drillLine({ path, title, dueAt }: DrillDue, now: string): string {
  return `*Drill* of ${escapeTo(title, 90)} (${roleName(path)}): ${dueWords(dueAt, now)} \`/breakglass drill\` starts it.`;
}

const drillBlocks = (lines: readonly string[]): KnownBlock[] =>
  lines.slice(0, MOST_DRILLS).map((line, index) => section(line, `drill-${index}`));

function more({ reviews, actions, gates, drills }: Listed): KnownBlock[] {
  const beyond = (all: readonly unknown[], most: number): number => Math.max(0, all.length - most);
  const work = beyond(reviews, MOST_OF_A_KIND) + beyond(actions, MOST_OF_A_KIND) + beyond(drills, MOST_DRILLS);
  const sick = beyond(gates, MOST_SICK);
  const left = [
    ...(work > 0 ? [`${work} more are not shown here; \`/breakglass reviews\` lists the reviews.`] : []),
    ...(sick > 0 ? [`${plural(sick, "more sick gate")}; \`/breakglass stats GATE\` tells of each.`] : []),
  ];
  return left.length === 0 ? [] : [section(left.join(" "), "more")];
}

const textOf = (head: string, lines: readonly string[]): string =>
  joinWithin([head.replaceAll("*", ""), ...lines.map((line) => line.replaceAll("*", ""))], LIMITS.messageText, "\n");
