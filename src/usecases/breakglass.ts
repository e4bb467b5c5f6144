import type { Breakglass } from "./api.js";
import type { AppContext } from "./app-context.js";
import { act, canPerform } from "./commands/act.js";
import { answerForGate, mayAnswerForGate } from "./commands/answer-for-gate.js";
import { availablePaths, declare } from "./commands/declare.js";
import { redact } from "./commands/redact.js";
import { openReview, review, saveDraft } from "./commands/review.js";
import { messageDeleted } from "./delivery/lost-alert.js";
import { reviews, show, status } from "./queries/bypasses.js";
import { homeOf } from "./queries/home.js";
import { gateHistory, readings } from "./queries/stats.js";

/** Implements {@link Breakglass} over one context. */
export function createBreakglass(context: AppContext): Breakglass {
  return {
    availablePaths: (who) => availablePaths(context, who),
    declare: (who, declaration, commandId) => declare(context, who, declaration, commandId),
    act: (who, n, action, commandId) => act(context, who, n, action, commandId),
    canPerform: (who, n, action) => canPerform(context, who, n, action),
    review: (who, n, action, commandId) => review(context, who, n, action, commandId),
    openReview: (who, n, action, which) => openReview(context, who, n, action, which),
    saveDraft: (who, n, form) => saveDraft(context, who, n, form),
    answerForGate: (who, gate, item, answer, commandId) => answerForGate(context, who, gate, item, answer, commandId),
    mayAnswerForGate: (who, gate, item) => mayAnswerForGate(context, who, gate, item),
    readings: (who) => readings(context, who),
    gate: (who, gate) => gateHistory(context, who, gate),
    home: (who) => homeOf(context, who),
    homeOpened: (who) => context.ledger.homeOpened(who.user),
    homeViewers: () => context.queries.homeViewers(),
    redact: (who, redaction, commandId) => redact(context, who, redaction, commandId),
    status: (who) => status(context, who),
    reviews: (who) => reviews(context, who),
    show: (who, n) => show(context, who, n),
    ofThread: (channel, threadTs) => context.queries.atMessage(channel, threadTs),
    messageDeleted: (channel, ts) => messageDeleted(context, { channel, ts }),
    inForce: () => context.policy.current(),
  };
}
