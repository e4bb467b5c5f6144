import { NAMES_PEOPLE, type Refusal } from "../../domain/decisions/refusals.js";
import { readBypassName } from "../../domain/events/names.js";
import type { Action, Answer, Breakglass } from "../../usecases/api.js";
import { type BypassRef, type CarriedBypass, typedBypass } from "../../usecases/ports/bypass-ref.js";
import { parseActionValue, parseBypassValue } from "../actions.js";
import type { BlockAction, Delivered, SlashCommand } from "../interactions/payloads.js";
import type { BlockActionHandler, HandlerContext } from "../interactions/register.js";
import type { Reply } from "../interactions/replies.js";
import { messageContextOf } from "../messages/context.js";
import { statusSentence } from "../messages/outcome.js";
import { type AttemptedAction, refusalText } from "../refusals.js";

export const UNREADABLE_BUTTON =
  "That button could not be read, so nothing was done. `/breakglass status` shows what is open, with buttons that work.";

/** Handles a click about what `read` finds in its value. A value that is not ours only gets a reply that says so. */
export const forCarried =
  (read: (value: string | null) => CarriedBypass | null) =>
  (handle: (ref: CarriedBypass, click: Delivered<BlockAction>, reply: Reply) => Promise<void>): BlockActionHandler =>
  async (click, reply) => {
    const ref = read(click.value);
    if (ref === null) return reply.tell({ text: UNREADABLE_BUTTON });
    await handle(ref, click, reply);
  };

/** Handles a click about a bypass. */
export const forBypass = forCarried(parseBypassValue);

/** Handles a click about an action of a review. */
export const forAction = forCarried(parseActionValue);

/**
 * A button that acts at once. Every message shows the result, so the person gets a reply only for a refusal, or when the
 * button is on a message that is never updated.
 */
export function actImmediately({ breakglass }: HandlerContext, action: Action): BlockActionHandler {
  return forBypass(async (ref, click, reply) => {
    const answer = await breakglass.act(click, ref, action, click.commandId);
    if (answer.ok && !click.onEphemeral) return reply.done();
    await reply.tell({
      text: answer.ok ? statusNow(breakglass, answer) : refusalSentence(breakglass, ref.n, action.type, answer),
    });
  });
}

/** `close BG-42`: does what the Close button does. */
export async function closeByCommand(
  { breakglass }: HandlerContext,
  command: Delivered<SlashCommand>,
  rest: string,
  reply: Reply,
): Promise<void> {
  const n = readBypassName(rest);
  if (n === null) return reply.tell({ text: "Not closed: say which bypass, as in `/breakglass close BG-42`." });
  const answer = await breakglass.act(command, typedBypass(n), { type: "close" }, command.commandId);
  await reply.tell({
    text: answer.ok ? statusNow(breakglass, answer) : refusalSentence(breakglass, n, "close", answer),
  });
}

/** The status of a bypass after a change. */
function statusNow(breakglass: Breakglass, { record }: Extract<Answer, { ok: true }>): string {
  return statusSentence(messageContextOf(record, breakglass.inForce().policy));
}

/** The sentence for a refused action, in markup. */
export function refusalSentence(
  breakglass: Breakglass,
  n: number,
  tried: AttemptedAction,
  answer: Pick<Extract<Answer, { ok: false }>, "refusal" | "record">,
): string {
  return refusalText({ tried, n, ...answer, inForce: breakglass.inForce(), style: "mrkdwn" });
}

/**
 * Like {@link refusalSentence}, but reads the record first, so that the sentence can name people to those who may see
 * them.
 */
export async function refusalSentenceWithRecord(
  breakglass: Breakglass,
  user: string,
  ref: BypassRef,
  tried: AttemptedAction,
  refusal: Refusal,
): Promise<string> {
  const shown = await breakglass.show({ user }, ref);
  const isVisible = shown.ok && (shown.seen.texts || !NAMES_PEOPLE.has(refusal.code));
  return refusalSentence(breakglass, ref.n, tried, { refusal, record: isVisible ? shown.seen.record : null });
}
