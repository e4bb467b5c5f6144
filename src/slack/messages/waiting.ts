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
import { buttonRow, gateButtons } from "./buttons.js";
import { drillMark, type MessageBody } from "./context.js";
import { gateLine } from "./gate.js";

/** A message takes 50 blocks; each review, each action and each sick gate takes two. */
const MOST_OF_A_KIND = 8;
const MOST_SICK = 5;
const MOST_DRILLS = 5;
const WHAT_MAX = 200;
const HOW_A_REVIEW_IS_WRITTEN =
  "A review is blameless and takes a few sentences: what forced it, what we learned, what is to be done.";
const MOST_GATES = 4;

type Waits = Extract<NoticeContent, { kind: "waits" }>;
type Listed = Pick<Extract<NoticeContent, { kind: "waits" | "overdue" }>, "reviews" | "actions" | "gates" | "drills">;

/** To one person: what waits for them. */
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
    reviews: reviews.map((one) => reviewLine(one, policy, now)),
    actions: actions.map((one) => `${actionLine(one, now)} ${WHERE_ITS_TEXT_IS}`),
    gates: gates.map((one) => gateLine(one, policy, now)),
    drills: drills.map((one) => drillLine(one, now)),
  };
}

/**
 * What waits for one person, each with its buttons; for a message and for the App Home. The Home may show what people
 * typed, because it is rendered again after a redaction; a posted message is not.
 */
export function waitingBlocks(content: Waits, policy: Policy, place: "message" | "home"): KnownBlock[] {
  const { reviews, actions, gates } = content;
  const lines = linesOf(content, policy);
  const actionLines = place === "home" ? actions.map((one) => actionInFull(one, content.now)) : lines.actions;
  return [
    ...reviews
      .slice(0, MOST_OF_A_KIND)
      .flatMap((one, index): KnownBlock[] => [
        section(lines.reviews[index] ?? "", `review-${one.n}`),
        buttonRow(`review-${one.n}-v${one.version}`, one, ["writeReview", "putOffReview"]),
      ]),
    ...actions
      .slice(0, MOST_OF_A_KIND)
      .flatMap((one, index): KnownBlock[] => [
        section(actionLines[index] ?? "", `action-${one.n}-${one.action}`),
        buttonRow(`action-${one.n}-${one.action}-buttons`, one, ["actionDone", "putOffAction"]),
      ]),
    ...gates
      .slice(0, MOST_SICK)
      .flatMap((one, index): KnownBlock[] => [
        section(lines.gates[index] ?? "", `gate-${one.gate}-${one.item}`),
        gateButtons(one),
      ]),
    ...drillBlocks(lines.drills),
    ...more(content),
  ];
}

/** To a channel: what is overdue, and who is to do it. */
export function overdueMessage(content: Extract<NoticeContent, { kind: "overdue" }>, policy: Policy): MessageBody {
  const { reviews, actions, gates, drills, now } = content;
  const why = reviews.length === 0 ? "" : " A bypass without its review teaches nobody anything.";
  const head = `*Overdue: ${counted(content)}.*${why}`;
  const reviewLines = reviews.map((one) => {
    const who = one.reviewRoles.map((role) => roleMention(policy, role)).join(" ");
    return `${reviewLine(one, policy, now)} To be written by ${who}.`;
  });
  const actionLines = actions.map(
    (one) =>
      `${actionLine(one, now)} By ${mention(one.owner)}. \`/breakglass show ${bypassName(one.n)}\` tells what it is.`,
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
        .flatMap((one, index): KnownBlock[] => [
          section(reviewLines[index] ?? "", `review-${one.n}`),
          buttonRow(`review-${one.n}-v${one.version}`, one, ["writeReview"]),
        ]),
      ...actions
        .slice(0, MOST_OF_A_KIND)
        .map((one, index) => section(actionLines[index] ?? "", `action-${one.n}-${one.action}`)),
      ...gates
        .slice(0, MOST_SICK)
        .map((one, index) => section(lines.gates[index] ?? "", `gate-${one.gate}-${one.item}`)),
      ...drillBlocks(drillLines),
      ...more(content),
    ],
  };
}

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;

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
  return `${drillMark(one)}*${reviewName(one.n)}* of ${bypassName(one.n)} (${named}): ${dueWords(one.reviewDueAt, now)}`;
}

const WHERE_ITS_TEXT_IS = "The message about it, and my Home, tell what it is.";

/** Without what anybody typed. */
const actionLine = (one: ActionSummary, now: string): string =>
  `${drillMark(one)}*Action ${one.action}* from ${reviewName(one.n)}: ${dueWords(one.dueAt, now)}`;

function actionInFull(one: ActionSummary, now: string): string {
  const what = one.what === null ? "_redacted_" : escapeTo(one.what, WHAT_MAX);
  return `${actionLine(one, now)} ${what}`;
}

/** A rehearsal that the policy asks for. */
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
