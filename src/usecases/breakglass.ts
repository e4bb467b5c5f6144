import { act, mayStart } from "./act.js";
import type { Breakglass } from "./api.js";
import type { Core } from "./core.js";
import { declare, offer } from "./declare.js";
import { answerForGate, mayAnswerForGate } from "./gates/answer.js";
import { gateHistory, readings } from "./gates/stats.js";
import { homeBoard, homeOpened } from "./home.js";
import { redact } from "./redact.js";
import { keepDraft, openReview, review } from "./review.js";
import { reviews, show, status } from "./see.js";

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
