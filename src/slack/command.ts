import { bypassName, readBypassName } from "../domain/events/names.js";
import { nearestWord } from "../domain/text/nearest.js";
import { escapeTo } from "./block-kit/escape.js";
import { closeByCommand } from "./bypass/act.js";
import { logByCommand } from "./bypass/log.js";
import { redactByCommand } from "./bypass/redact.js";
import { openDeclare } from "./declare/open.js";
import type { Question } from "./interactions/lookup-allowance.js";
import { type Delivered, type SlashCommand, splitSubcommand } from "./interactions/payloads.js";
import type { HandlerContext, SlashCommandHandler } from "./interactions/register.js";
import type { Reply } from "./interactions/replies.js";
import { showStats } from "./stats/stats.js";
import { showReviews } from "./status/reviews.js";
import { showRecord } from "./status/show.js";
import { showStatus } from "./status/status.js";

/** Each subcommand with its help text, the most needed first. */
export const SUBCOMMANDS = {
  status: "what is requested and active, with time left and buttons",
  show: "`show BG-42`: one bypass: who, what, when, why, links, timeline",
  log: "`log BG-42 restarted the queue`: put on record what was done",
  close: "`close BG-42`: end your own bypass when you are done",
  reviews: "the reviews that are open, and when they are due",
  stats: "`stats`: how each gate reads; `/breakglass stats e2e-suite`: one gate with its history",
  drill: "rehearse: the same form and the same people, marked DRILL, and it opens nothing",
  redact:
    "`redact 57 reason a token was pasted`: remove the reason, target, line or lesson of entry 57 from the trail for good (needs the right)",
  help: "this page",
} as const;

export type Subcommand = keyof typeof SUBCOMMANDS;

/** Planned subcommands that this version does not have. */
const PLANNED = ["export"] as const;

/** The help page, for someone who has never used Breakglass and has a minute. */
function helpText(): string {
  const lines = Object.entries(SUBCOMMANDS).map(([name, words]) =>
    words.startsWith("`") ? `• \`/breakglass ${words.slice(1)}` : `• \`/breakglass ${name}\`: ${words}`,
  );
  return [
    "*Breakglass is the emergency exit for quality gates.*",
    "`/breakglass` opens the form: which gates to skip, for what, and why. A second person presses *Approve*, the bypass is active for the time you chose, and everybody is told. It ends by itself; *Close* ends it sooner. Each bypass gets a blameless review.",
    ...lines,
    "In the thread of an alert, a reply that starts with `log:` is put on record too.",
    "Nobody approves their own bypass. Reasons go on record for good: no passwords, tokens or customer data.",
  ].join("\n");
}

/** `asItIs`: the subcommand ends in an exclamation mark, which stands for "even if the text looks like a secret". */
type Run = (command: Delivered<SlashCommand>, rest: string, reply: Reply, asItIs: boolean) => Promise<void>;

/** Handles `/breakglass …`: opens the form when nothing follows, otherwise runs the subcommand. */
export function routeCommand(context: HandlerContext): SlashCommandHandler {
  const declare = openDeclare(context);
  const drill = openDeclare(context, true);
  const { questions, precedence } = context;
  const asking: HandlerContext = { ...context, breakglass: questions.breakglass };
  const asks =
    (question: Question, answer: Run): Run =>
    (command, rest, reply, asItIs) =>
      questions.ask(question, command.user, reply, () => answer(command, rest, reply, asItIs));
  const first =
    (act: Run): Run =>
    (command, rest, reply, asItIs) =>
      precedence.first(() => act(command, rest, reply, asItIs));
  const run: Readonly<Record<Subcommand, Run>> = {
    status: asks("status", (command, _rest, reply) => showStatus(asking, command, reply)),
    show: asks("show", (command, rest, reply) => showRecord(asking, command, rest, reply)),
    log: first((command, rest, reply, asItIs) => logByCommand(context, command, rest, reply, asItIs)),
    close: first((command, rest, reply) => closeByCommand(context, command, rest, reply)),
    reviews: asks("reviews", (command, _rest, reply) => showReviews(asking, command, reply)),
    stats: asks("stats", (command, rest, reply) => showStats(asking, command, rest, reply)),
    drill: first((command, _rest, reply) => drill(command, reply)),
    redact: first((command, rest, reply, asItIs) => redactByCommand(context, command, rest, reply, asItIs)),
    help: asks("help", (_command, _rest, reply) => reply.tell({ text: helpText() })),
  };
  const open = first((command, _rest, reply) => declare(command, reply));
  return async (command, reply) => {
    const words = command.text.trim();
    if (words === "") return open(command, "", reply, false);
    const { first, name, rest, asItIs } = splitSubcommand(words);
    if (isSubcommand(name)) return run[name](command, rest, reply, asItIs);
    await reply.tell({ text: unknownText(first, words) });
  };
}

const isSubcommand = (name: string): name is Subcommand => Object.hasOwn(SUBCOMMANDS, name);

/** Suggests the nearest subcommand, but never runs it. */
function unknownText(first: string, words: string): string {
  const name = first.toLowerCase();
  if (PLANNED.some((planned) => planned === name)) {
    return `This version of Breakglass does not have \`${name}\` yet; nothing was done. \`/breakglass help\` lists what it has.`;
  }
  const n = readBypassName(words);
  if (n !== null) return `Did you mean \`/breakglass show ${bypassName(n)}\`? Nothing was done.`;
  const nearest = nearestWord(first, Object.keys(SUBCOMMANDS));
  const problem = `There is no \`${escapeTo(first.replaceAll("`", ""), 40)}\`, and nothing was done.`;
  const hint = nearest === null ? "" : ` Did you mean \`/breakglass ${nearest}\`?`;
  return `${problem}${hint} \`/breakglass help\` lists all there is; \`/breakglass\` alone opens the form.`;
}
