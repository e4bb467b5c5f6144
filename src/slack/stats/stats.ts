import type { Refusal } from "../../domain/decisions/refusals.js";
import { nearestWord } from "../../domain/text/nearest.js";
import { escapeTo } from "../block-kit/escape.js";
import type { SlashCommand } from "../interactions/payloads.js";
import type { HandlerContext } from "../interactions/register.js";
import type { Reply } from "../interactions/replies.js";
import { refusalText } from "../refusals.js";
import { historyInWords, readingsInWords } from "./words.js";

const PICTURE = "The picture comes as a direct message from Breakglass.";
const PICTURE_FAILED = "The picture could not be sent. All its numbers stand in the words above.";
const HISTORY_FAILED = "The picture could not be sent. Its numbers, month by month, stand in the words above.";

/** `stats` and `stats GATE`: answers with the numbers in words, and sends a picture by direct message. */
export async function showStats(
  context: HandlerContext,
  command: SlashCommand,
  rest: string,
  reply: Reply,
): Promise<void> {
  return rest === "" ? allGates(context, command, reply) : oneGate(context, command, rest, reply);
}

async function allGates({ breakglass, pictures }: HandlerContext, command: SlashCommand, reply: Reply): Promise<void> {
  const found = await breakglass.readings({ user: command.user });
  if (!found.ok) return reply.tell({ text: refused({ breakglass }, found) });
  const { policy } = breakglass.inForce();
  const text = readingsInWords(found, policy);
  if (found.readings.length === 0) return reply.tell({ text });
  await reply.tell({ text: `${text}\n${PICTURE}` });
  const { windowSeconds, warmAt, sickAt } = policy.thermometer;
  const gates = found.readings.map(({ gate, count, temperature }) => {
    return { title: policy.gates[gate]?.title ?? gate, count, temperature };
  });
  const sent = await pictures.send({
    to: command.user,
    name: "breakglass-gates.png",
    title: "How the gates read",
    text,
    render: (charts) => charts.gates({ gates, warmAt, sickAt, windowSeconds }),
  });
  if (!sent) await reply.tell({ text: PICTURE_FAILED });
}

async function oneGate(
  { breakglass, pictures }: HandlerContext,
  command: SlashCommand,
  rest: string,
  reply: Reply,
): Promise<void> {
  const gate = rest.toLowerCase();
  const found = await breakglass.gate({ user: command.user }, gate);
  const { policy } = breakglass.inForce();
  if (found === null) return reply.tell({ text: unknownGate(rest, Object.keys(policy.gates)) });
  if (!found.ok) return reply.tell({ text: refused({ breakglass }, found) });
  const text = historyInWords(found, policy);
  await reply.tell({ text: `${text}\n${PICTURE}` });
  const title = policy.gates[gate]?.title ?? gate;
  const { months, marks } = found;
  const sent = await pictures.send({
    to: command.user,
    name: `breakglass-${gate}.png`,
    title,
    text,
    render: (charts) => charts.history({ title, months, marks }),
  });
  if (!sent) await reply.tell({ text: HISTORY_FAILED });
}

function unknownGate(typed: string, gates: readonly string[]): string {
  const nearest = nearestWord(typed, gates);
  const hint = nearest === null ? "" : ` Did you mean \`/breakglass stats ${nearest}\`?`;
  return `The policy has no gate \`${escapeTo(typed.replaceAll("`", ""), 63)}\`.${hint} \`/breakglass stats\` tells how the gates read.`;
}

function refused({ breakglass }: Pick<HandlerContext, "breakglass">, refusal: Refusal): string {
  const about = { n: null, record: null, inForce: breakglass.inForce(), style: "mrkdwn" } as const;
  return refusalText({ tried: "look", refusal, ...about });
}
