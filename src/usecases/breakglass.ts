import type { Refusal } from "../domain/decisions/refusals.js";
import type { Answer, Breakglass, Who } from "./api.js";
import type { AppContext } from "./app-context.js";
import { act, canPerform } from "./commands/act.js";
import { answerForGate, mayAnswerForGate } from "./commands/answer-for-gate.js";
import { availablePaths, declare } from "./commands/declare.js";
import { redact } from "./commands/redact.js";
import { openReview, review, saveDraft } from "./commands/review.js";
import { messageDeleted } from "./delivery/lost-alert.js";
import { isKnownStranger } from "./people/read-accounts.js";
import type { BypassRef } from "./ports/bypass-ref.js";
import { reviews, show, status } from "./queries/bypasses.js";
import { homeOf } from "./queries/home.js";
import { gateHistory, readings } from "./queries/stats.js";

/** Implements {@link Breakglass} over one context. */
export function createBreakglass(context: AppContext): Breakglass {
  /** Runs a use case on the bypass that is meant. The only way from a reference to a number. */
  const onBypass =
    <By extends Who, Rest extends readonly unknown[], Result>(
      use: (context: AppContext, who: By, n: number, ...rest: Rest) => Promise<Result>,
      refused: (refusal: Refusal) => Result,
    ) =>
    async (who: By, ref: BypassRef, ...rest: Rest): Promise<Result> =>
      (await isOnRecord(context, ref)) ? use(context, who, ref.n, ...rest) : refused({ code: "other_bypass" });
  const refusal = (why: Refusal) => ({ ok: false, refusal: why }) as const;
  const answer = (why: Refusal): Answer => ({ ok: false, refusal: why, record: null });

  return {
    availablePaths: (who) => availablePaths(context, who),
    declare: async (who, { again, ...declaration }, commandId) =>
      again === null || (await isOnRecord(context, again))
        ? declare(context, who, { ...declaration, again: again?.n ?? null }, commandId)
        : answer({ code: "other_bypass" }),
    act: onBypass(act, answer),
    canPerform: onBypass(canPerform, (why): Refusal | null => why),
    review: onBypass(review, answer),
    openReview: onBypass(openReview, refusal),
    saveDraft: onBypass(saveDraft, refusal),
    answerForGate: (who, item, given, commandId) => answerForGate(context, who, item, given, commandId),
    mayAnswerForGate: (who, item, answer) => mayAnswerForGate(context, who, item, answer),
    readings: (who) => readings(context, who),
    gate: (who, gate) => gateHistory(context, who, gate),
    home: (who) => homeOf(context, who),
    homeOpened: async (who) => {
      // The Home of a stranger only says that it is not for them, so nothing there changes.
      if (!isKnownStranger(await context.directory.account(who.user))) await context.ledger.homeOpened(who.user);
    },
    homeViewers: () => context.queries.homeViewers(),
    redact: (who, redaction, commandId) => redact(context, who, redaction, commandId),
    status: (who) => status(context, who),
    reviews: (who) => reviews(context, who),
    show: onBypass(show, refusal),
    ofThread: (channel, threadTs) => context.queries.atMessage(channel, threadTs),
    messageDeleted: (channel, ts) => messageDeleted(context, { channel, ts }),
    inForce: () => context.policy.current(),
  };
}

/** Whether the bypass on record is the one that is meant. A number that a person typed means whatever bears it now. */
async function isOnRecord({ queries }: AppContext, ref: BypassRef): Promise<boolean> {
  return "typed" in ref || (await queries.identityAt(ref.n, ref.at)) === ref.identity;
}
