import type { Breakglass } from "./api.js";
import type { Core } from "./app-context.js";
import { act, mayStart } from "./commands/act.js";
import { answerForGate, mayAnswerForGate } from "./commands/answer-for-gate.js";
import { declare, offer } from "./commands/declare.js";
import { redact } from "./commands/redact.js";
import { keepDraft, openReview, review } from "./commands/review.js";
import { reviews, show, status } from "./queries/bypasses.js";
import { homeBoard, homeOpened } from "./queries/home.js";
import { gateHistory, readings } from "./queries/stats.js";

/** Everything that people can ask of Breakglass, over one core. */
export function createBreakglass(core: Core): Breakglass {
  return {
    offer: (who) => offer(core, who),
    declare: (who, declaration, commandId) => declare(core, who, declaration, commandId),
    act: (who, n, action, commandId) => act(core, who, n, action, commandId),
    mayStart: (who, n, action) => mayStart(core, who, n, action),
    review: (who, n, action, commandId) => review(core, who, n, action, commandId),
    openReview: (who, n, action, which) => openReview(core, who, n, action, which),
    keepDraft: (who, n, form) => keepDraft(core, who, n, form),
    answerForGate: (who, gate, item, answer, commandId) => answerForGate(core, who, gate, item, answer, commandId),
    mayAnswerForGate: (who, gate, item) => mayAnswerForGate(core, who, gate, item),
    readings: (who) => readings(core, who),
    gate: (who, gate) => gateHistory(core, who, gate),
    home: (who) => homeBoard(core, who),
    homeOpened: (who) => homeOpened(core, who),
    homeViewers: () => core.queries.homeViewers(),
    redact: (who, redaction, commandId) => redact(core, who, redaction, commandId),
    status: (who) => status(core, who),
    reviews: (who) => reviews(core, who),
    show: (who, n) => show(core, who, n),
    ofThread: (channel, threadTs) => core.queries.atMessage(channel, threadTs),
    inForce: () => core.policy.current(),
  };
}
