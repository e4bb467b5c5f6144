import { VERDICTS } from "../../domain/events/catalogue/review.js";
import type { GateItem } from "../../domain/gate/gate-item.js";
import { type Reading, trendOf } from "../../domain/gate/readings.js";
import type { Policy } from "../../domain/policy/policy.js";
import type { GateHistory, GateMark, GateReadings } from "../../usecases/api.js";
import { dateToken, duration } from "../block-kit/dates.js";
import { escapeTo, joinWithin, sentenceList } from "../block-kit/escape.js";
import { roleName } from "../block-kit/mentions.js";
import { forces, gateName } from "../messages/gate.js";

const TEXT_MAX = 3500;

type Readings = Extract<GateReadings, { ok: true }>;
type History = Extract<GateHistory, { ok: true }>;

/** All gates in words: at least the numbers in the picture. About gates, never about a person. */
export function readingsInWords({ readings, items }: Readings, policy: Policy): string {
  const { windowSeconds, warmAt, sickAt } = policy.thermometer;
  const head = `*How the gates read*: bypasses in the last ${duration(windowSeconds)}; warm from ${warmAt}, sick from ${sickAt}, drills left out. \`/breakglass stats GATE\` tells more of one.`;
  if (readings.length === 0) return `${head}\nThe policy has no gate that may be bypassed.`;
  const long = readings.map((reading) => line(reading, items, policy));
  return [head, ...fitLines(long, readings.map(shortLine), TEXT_MAX - head.length - 1)].join("\n");
}

const shortLine = ({ gate, temperature, count }: Reading): string => `• ${roleName(gate)}: *${temperature}*, ${count}`;

/** Reserved for the line about gates that do not fit, in UTF-16 code units. */
const REST_MAX = 120;

/** Shows as many gates as fit, in short form if necessary. The remaining space goes to the long form of the first ones. */
function fitLines(long: readonly string[], short: readonly string[], max: number): readonly string[] {
  const room = long.join("\n").length <= max ? max : max - REST_MAX;
  let used = 0;
  const shown = short.filter((text) => {
    used += text.length + 1;
    return used <= room;
  });
  used = shown.join("\n").length;
  const lines = shown.map((text, index) => {
    const longText = long[index] ?? text;
    const more = longText.length - text.length;
    if (used + more > room) return text;
    used += more;
    return longText;
  });
  const left = short.length - shown.length;
  return left === 0
    ? lines
    : [...lines, `and ${left} more, none sicker than these: \`/breakglass stats GATE\` tells of each.`];
}

function line(reading: Reading, items: readonly GateItem[], policy: Policy): string {
  const { gate, temperature, count, before } = reading;
  const open = items.find((item) => item.gate === gate && item.status === "open");
  const work = open === undefined ? "" : ` To be fixed by ${dateToken(open.dueAt, "date")}.`;
  if (count === 0)
    return `• ${gateName(policy, gate)}: *${temperature}*, not bypassed${before === 0 ? "" : `, ${comparison(reading)}`}.${work}`;
  return `• ${gateName(policy, gate)}: *${temperature}*, ${times(count)}, ${comparison(reading)}. ${forces(reading)}${work}`;
}

/** One gate in words, with its history. */
export function historyInWords({ reading, item, months, marks }: History, policy: Policy): string {
  const { gate, temperature, count, verdicts, openSeconds } = reading;
  const { windowSeconds } = policy.thermometer;
  const given = VERDICTS.filter((verdict) => verdicts[verdict] > 0).map((verdict) => `${verdict} ${verdicts[verdict]}`);
  const lines = [
    `*${gateName(policy, gate)} is ${temperature}*: ${times(count)} in the last ${duration(windowSeconds)}, ${comparison(reading)}.`,
    count === 0 ? "" : `${forces(reading)} Open for ${duration(openSeconds)} in all.`,
    `Verdicts: ${given.length === 0 ? "none yet" : sentenceList(given)}.`,
    `Month by month: ${sinceFirstBypass(months)
      .map(({ month, count: bypasses }) => `${month} ${bypasses}`)
      .join(", ")}.`,
    item?.status === "open"
      ? `Its owner ${roleName(policy.gates[gate]?.owner ?? item.owner)} is to fix it by ${dateToken(item.dueAt)}.`
      : "",
    ...marks.slice(-8).map(markLine),
  ];
  return joinWithin(
    lines.filter((text) => text !== ""),
    TEXT_MAX,
    "\n",
  );
}

const times = (count: number): string => (count === 1 ? "1 bypass" : `${count} bypasses`);

/** "2 in the window before (rising)". A steady trend is not mentioned. */
function comparison(reading: Pick<Reading, "count" | "before">): string {
  const trend = trendOf(reading);
  return `${reading.before} in the window before${trend === "steady" ? "" : ` (${trend})`}`;
}

/** Drops the months before the first bypass. The current month always stays. */
function sinceFirstBypass(months: History["months"]): History["months"] {
  const first = months.findIndex(({ count }) => count > 0);
  return first === -1 ? months.slice(-1) : months.slice(first);
}

function markLine({ what, at, reason, seq }: GateMark): string {
  const why = reason === null ? "" : `: ${escapeTo(reason, 300)}`;
  return `• ${dateToken(at, "date")} ${MARK_WORDS[what]}${why} (entry ${seq})`;
}

/** What happened to a gate, in the words of the picture. */
const MARK_WORDS: Readonly<Record<GateMark["what"], string>> = {
  flagged: "sick",
  put_off: "put off",
  changed: "changed",
  retired: "retired",
  recovered: "well again",
};
