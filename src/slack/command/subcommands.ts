import { bypassName, parseBypassName } from "../../domain/bypass/number.js";
import { nearestWord } from "../../domain/policy/nearest.js";
import { escapeTo } from "../block-kit/escape.js";
import { closeByCommand } from "../bypass/close.js";
import { logByCommand } from "../bypass/log.js";
import { redactByCommand } from "../bypass/redact.js";
import { openDeclare } from "../declare/open.js";
import type { HandlerContext } from "../interactions/context.js";
import type { Reply } from "../interactions/ephemeral-reply.js";
import type { SlashCommandHandler } from "../interactions/handlers.js";
import type { SlashCommand } from "../interactions/payloads.js";
import { showStats } from "../stats/stats.js";
import { showReviews } from "../status/reviews.js";
import { showRecord } from "../status/show.js";
import { showStatus } from "../status/status.js";
import { helpText, LATER, SUBCOMMANDS, type Subcommand } from "./help.js";

type Run = (command: SlashCommand, rest: string, reply: Reply) => Promise<void>;

const LOOKING =
  "This takes longer than usual. You are told here as soon as it is known; nothing is changed by looking.";

/** `/breakglass …`: the form when nothing follows, else the subcommand. */
export function routeCommand(context: HandlerContext): SlashCommandHandler {
  const declare = openDeclare(context);
  const drill = openDeclare(context, true);
  const run: Readonly<Record<Subcommand, Run>> = {
    status: (command, _rest, reply) => looking(reply, () => showStatus(context, command, reply)),
    show: (command, rest, reply) => looking(reply, () => showRecord(context, command, rest, reply)),
    log: (command, rest, reply) => logByCommand(context, command, rest, reply),
    close: (command, rest, reply) => closeByCommand(context, command, rest, reply),
    reviews: (command, _rest, reply) => looking(reply, () => showReviews(context, command, reply)),
    stats: (command, rest, reply) => looking(reply, () => showStats(context, command, rest, reply)),
    drill: (command, _rest, reply) => drill(command, reply),
    redact: (command, rest, reply) => redactByCommand(context, command, rest, reply),
    help: (_slash, _rest, reply) => reply.tell({ text: helpText() }),
  };
  return async (command, reply) => {
    const words = command.text.trim();
    if (words === "") return declare(command, reply);
    const [first = ""] = words.split(/\s+/, 1);
    const name = first.toLowerCase();
    if (isSubcommand(name)) return run[name](command, words.slice(first.length).trim(), reply);
    await reply.tell({ text: unknownText(first) });
  };
}

function looking(reply: Reply, look: () => Promise<void>): Promise<void> {
  reply.ifLate(LOOKING);
  return look();
}

const isSubcommand = (name: string): name is Subcommand => Object.hasOwn(SUBCOMMANDS, name);

/** The nearest word, where one is near; nothing is ever guessed and done. */
function unknownText(first: string): string {
  const name = first.toLowerCase();
  if (LATER.some((later) => later === name)) {
    return `This version of Breakglass does not have \`${name}\` yet; nothing was done. \`/breakglass help\` lists what it has.`;
  }
  const n = parseBypassName(first);
  if (n !== null) return `Did you mean \`/breakglass show ${bypassName(n)}\`? Nothing was done.`;
  const nearest = nearestWord(first, Object.keys(SUBCOMMANDS));
  const said = `There is no \`${escapeTo(first.replaceAll("`", ""), 40)}\`, and nothing was done.`;
  const hint = nearest === null ? "" : ` Did you mean \`/breakglass ${nearest}\`?`;
  return `${said}${hint} \`/breakglass help\` lists all there is; \`/breakglass\` alone opens the form.`;
}
