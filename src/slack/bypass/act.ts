import type { Refusal } from "../../domain/bypass/refusals.js";
import type { Action, Answer, Breakglass } from "../../usecases/api.js";
import type { HandlerContext } from "../interactions/context.js";
import type { BlockActionHandler } from "../interactions/handlers.js";
import { messageContextOf } from "../messages/context.js";
import { statusSentence } from "../messages/outcome.js";
import { type AttemptedAction, refusalText } from "../refusals.js";
import { forBypass } from "./button.js";

/**
 * A button that does its work at once. What has come of it is drawn into every message; the presser hears of it here
 * only when it was refused, or when the button stood on a message that nothing redraws.
 */
export function actImmediately({ breakglass }: HandlerContext, action: Action): BlockActionHandler {
  return forBypass(async (n, click, reply) => {
    const answer = await breakglass.act({ user: click.user }, n, action, click.commandId);
    if (answer.ok && !click.onEphemeral) return reply.done();
    await reply.tell({
      text: answer.ok ? statusNow(breakglass, answer) : refusalSentence(breakglass, n, action.type, answer),
    });
  });
}

/** How the bypass stands after it was changed. */
export function statusNow(breakglass: Breakglass, { record }: Extract<Answer, { ok: true }>): string {
  return statusSentence(messageContextOf(record, breakglass.inForce().policy));
}

/** The sentence for a refused action. */
export function refusalSentence(
  breakglass: Breakglass,
  n: number,
  tried: AttemptedAction,
  answer: Pick<Extract<Answer, { ok: false }>, "refusal" | "record">,
): string {
  return refusalText({ tried, n, ...answer, inForce: breakglass.inForce(), style: "mrkdwn" });
}

/** As {@link refusalSentence}, for a refusal that came without the record: it is read, so that the sentence can name people. */
export async function refusalSentenceWithRecord(
  breakglass: Breakglass,
  user: string,
  n: number,
  tried: AttemptedAction,
  refusal: Refusal,
): Promise<string> {
  const shown = await breakglass.show({ user }, n);
  return refusalSentence(breakglass, n, tried, { refusal, record: shown.ok ? shown.seen.record : null });
}
