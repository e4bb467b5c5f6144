import type { HomeView, KnownBlock } from "@slack/types";
import { bypassName } from "../../domain/events/names.js";
import type { Policy } from "../../domain/policy/policy.js";
import type { HomeContent } from "../../usecases/api.js";
import type { BypassSummary } from "../../usecases/ports/ports.js";
import { BUTTONS } from "../actions.js";
import { actions, button, contextLine, divider, header, section } from "../block-kit/blocks.js";
import { dateToken } from "../block-kit/dates.js";
import { joinWithin } from "../block-kit/escape.js";
import { gateName } from "../messages/gate.js";
import { waitingBlocks } from "../messages/waits-and-overdue.js";
import { statusBlocks } from "../status/status.js";

type Board = Extract<HomeContent, { ok: true }>;

/** Slack allows 100 blocks in a Home; each bypass takes two. */
const MOST_ACKS = 8;
const MOST_OPEN = 8;
const MOST_READINGS = 15;

/** The Home of one person: first what waits for them, then open bypasses, then readings of the gates. */
export function homeView(board: Board, viewer: string, policy: Policy): HomeView {
  return {
    type: "home",
    blocks: [
      header("Waiting for you"),
      ...waiting(board, viewer, policy),
      ...start(board),
      divider(),
      header("Open now"),
      ...openNow(board, viewer, policy),
      ...unreadable(board),
      divider(),
      header("How the gates read"),
      section(readings(board, policy)),
      contextLine(`As of ${dateToken(board.now.toISOString())}. It is drawn again when something changes.`),
    ],
  };
}

function waiting({ acks, waits, now }: Board, viewer: string, policy: Policy): KnownBlock[] {
  const asks = statusBlocks(acks.slice(0, MOST_ACKS), now, viewer, policy, "ack");
  const work = waits === null ? [] : waitingBlocks(waits, policy, "home");
  if (asks.length + work.length > 0) return [...asks, ...work];
  return [
    section(
      "*Nothing waits for you.* Requests that you may approve, reviews and actions that are yours, and gates that you own stand here when there are any.",
    ),
  ];
}

function start({ mayInvoke }: Board): KnownBlock[] {
  if (!mayInvoke) {
    return [
      header("In an emergency"),
      section(
        "Ask somebody on call: declaring a bypass is not among your roles. `/breakglass help` tells how it works.",
      ),
    ];
  }
  return [actions([button(BUTTONS.homeDeclare), button(BUTTONS.homeDrill)])];
}

function openNow({ open, openInAll, acks, now }: Board, viewer: string, policy: Policy): KnownBlock[] {
  const mine = new Set(acks.map(({ n }) => n));
  const others = open.filter((bypass: BypassSummary) => !mine.has(bypass.n));
  if (others.length === 0) {
    const none = acks.length === 0 ? "No bypass" : "No other bypass";
    return [section(`${none} is requested or active: the gates hold.`)];
  }
  const left = openInAll - acks.length - Math.min(others.length, MOST_OPEN);
  const more = left > 0 ? [section(`${left} more are open; \`/breakglass status\` lists them.`)] : [];
  return [...statusBlocks(others.slice(0, MOST_OPEN), now, viewer, policy, "open"), ...more];
}

function unreadable({ unreadable: numbers }: Board): KnownBlock[] {
  if (numbers.length === 0) return [];
  const names = numbers.map(bypassName).join(", ");
  return [
    section(
      `*${names} cannot be read*, so whether you may approve is not known. Ask an operator to run \`npx breakglass verify\`.`,
    ),
  ];
}

function readings({ readings: all }: Board, policy: Policy): string {
  const notHealthy = all.filter(({ temperature }) => temperature !== "healthy");
  if (notHealthy.length === 0) return "All gates are healthy. `/breakglass stats` tells the numbers.";
  const lines = notHealthy
    .slice(0, MOST_READINGS)
    .map(
      ({ gate, temperature, count }) =>
        `• ${gateName(policy, gate)}: *${temperature}*, bypassed ${count === 1 ? "once" : `${count} times`}`,
    );
  return joinWithin([...lines, "`/breakglass stats` tells more."], 2900, "\n");
}
