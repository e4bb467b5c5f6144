import { isTimezone } from "../../domain/calendar/zones.js";
import { parseDuration } from "../../domain/policy/durations.js";
import type { SlackChannel, SlackGroup } from "../../slack/workspace-check/survey.js";
import { type Holders, type Known, type Resolved, resolveChannel, resolveHolders } from "./names-to-ids.js";
import type { InitOptions } from "./options.js";
import { gateId, type PolicyAnswers } from "./policy-text.js";
import type { Terminal } from "./terminal.js";

/** The most rows of a list that is shown; everything in it may be typed. */
const MOST_SHOWN = 20;
const LIKELY_CHANNEL = /incident|outage|on-?call|prod|ops/;
const LIKELY_GROUP = /on-?call|lead|sre|ops|infra|platform/;

/** One thing to know: the option that gives it, the question that asks for it, and how the answer is read. */
interface Question<T> {
  readonly option: string;
  /** What the option gave. */
  readonly given: string | undefined;
  readonly question: string;
  /** The rows to choose from. */
  readonly rows: readonly string[];
  /** Used when the option is not given and nothing is typed; `null` if an answer is required. */
  readonly fallback: string | null;
  readonly read: (typed: string) => Resolved<T>;
}

/** The answers, or every option that is missing or does not fit. */
export type Asked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly string[] };

/** What is asked for: all that the policy depends on, except what Slack says. */
export type Answers = Omit<PolicyAnswers, "workspace">;

/** What can be chosen from, and this machine's time zone. */
export interface Choices extends Known {
  readonly channels: readonly SlackChannel[];
  readonly timeZone: string;
}

/**
 * Takes each answer from its option, or else asks for it until it fits. Where nobody is there to ask, an answer that is
 * missing or does not fit is a fault, and all of them are returned at once.
 */
export async function askAll(options: InitOptions, choices: Choices, terminal: Terminal): Promise<Asked<Answers>> {
  const faults: string[] = [];
  const settle = async <T>(question: Question<T>): Promise<T | null> => {
    const typed = question.given ?? (terminal.interactive ? undefined : question.fallback);
    if (typed === undefined) return askUntilItFits(question, terminal);
    const answer = typed === null ? null : question.read(typed);
    if (answer?.ok === true) return answer.value;
    faults.push(`--${question.option}: ${answer?.why ?? "is required where nobody can be asked."}`);
    return null;
  };
  const channels = likelyFirst(choices.channels, ({ name, botIsMember }) => botIsMember || LIKELY_CHANNEL.test(name));
  const groups = likelyFirst(choices.groups, ({ handle }) => LIKELY_GROUP.test(handle));
  const channel = await settle<SlackChannel>({
    option: "channel",
    given: options.channel,
    question: "In which channel are bypasses announced? Number or name",
    rows: channels.map(({ name, botIsMember }) => `#${name}${botIsMember ? " (the bot is a member)" : ""}`),
    fallback: null,
    read: (typed) => resolveChannel(typed, choices.channels, channels),
  });
  const holders = (option: "on-call" | "leads", given: string | undefined, question: string) =>
    settle<Holders>({
      option,
      given,
      question: `${question} Number, @group or @person, several with commas`,
      rows: groups.map(({ handle, members }: SlackGroup) => `@${handle} (${members})`),
      fallback: null,
      read: (typed) => resolveHolders(typed, choices, groups),
    });
  const onCall = await holders("on-call", options.onCall, "Who may break the glass?");
  const leads = await holders("leads", options.leads, "Who approves, and reviews afterwards?");
  const gates = await settle<readonly string[]>({
    option: "gates",
    given: options.gates,
    question: "Which checks may be skipped in an emergency? With commas",
    rows: [],
    fallback: "e2e-suite",
    read: readGates,
  });
  const incidentPattern = await settle<string | null>({
    option: "incident-pattern",
    given: options.incidentPattern,
    question: "How is an incident written? A regular expression such as ^INC-\\d+$, or empty for anything",
    rows: [],
    fallback: "",
    read: (typed) => ({ ok: true, value: typed === "" ? null : typed }),
  });
  const timeZone = await settle<string>({
    option: "time-zone",
    given: options.timeZone,
    question: "In which time zone are your office hours?",
    rows: [],
    fallback: choices.timeZone,
    read: (typed) =>
      isTimezone(typed)
        ? { ok: true, value: typed }
        : { ok: false, why: `${JSON.stringify(typed)} is not a time zone such as Europe/Berlin.` },
  });
  const expiresAfter = await settle<string>({
    option: "expires-after",
    given: options.expiresAfter,
    question: "How long does a bypass last?",
    rows: [],
    fallback: "60m",
    read: (typed) =>
      parseDuration(typed) === null
        ? { ok: false, why: `${JSON.stringify(typed)} is not a duration such as 60m or 2h.` }
        : { ok: true, value: typed },
  });
  if (channel === null || onCall === null || leads === null || gates === null) return { ok: false, faults };
  if (timeZone === null || expiresAfter === null) return { ok: false, faults };
  return { ok: true, value: { channel, onCall, leads, gates, incidentPattern, timeZone, expiresAfter } };
}

async function askUntilItFits<T>({ question, rows, fallback, read }: Question<T>, terminal: Terminal): Promise<T> {
  terminal.show("");
  for (const [index, row] of rows.slice(0, MOST_SHOWN).entries()) terminal.show(`  ${index + 1}  ${row}`);
  if (rows.length > MOST_SHOWN) terminal.show(`  and ${rows.length - MOST_SHOWN} more`);
  const hint = fallback === null || fallback === "" ? "" : ` [${fallback}]`;
  for (;;) {
    const typed = (await terminal.ask(`${question}${hint}: `)) || (fallback ?? "");
    const answer = read(typed);
    if (answer.ok) return answer.value;
    terminal.show(answer.why);
  }
}

function readGates(typed: string): Resolved<readonly string[]> {
  const titles = typed
    .split(",")
    .map((title) => title.trim())
    .filter((title) => title !== "");
  const ids = titles.map(gateId);
  if (titles.length === 0) return { ok: false, why: "No check is named." };
  const bad = titles.find((_, index) => ids[index] === "");
  if (bad !== undefined) return { ok: false, why: `${JSON.stringify(bad)} has no letter or digit to make an id from.` };
  const twice = titles.find((_, index) => ids.indexOf(ids[index] ?? "") !== index);
  if (twice !== undefined) return { ok: false, why: `${JSON.stringify(twice)} is named twice.` };
  return { ok: true, value: titles };
}

const likelyFirst = <T>(items: readonly T[], likely: (item: T) => boolean): readonly T[] => [
  ...items.filter(likely),
  ...items.filter((item) => !likely(item)),
];
