import { describe, test } from "vitest";
import { endAction, followUp } from "../../support/domain/commands.js";
import { actionOpened, approvedByLeo, at, by, bySystem, closed, submitted } from "../../support/domain/lines.js";
import { MIRA, NOOR, TOM } from "../../support/domain/people.js";
import { given } from "../../support/domain/scenario.js";

const over = [...approvedByLeo(), at("4m", closed)];
const days = (count: number, minutes = 0) => `${count * 24 * 60 + minutes}m`;

describe("An action", () => {
  const todo = [...over, at("5m", submitted(MIRA)), at("5m", actionOpened(MIRA, 1, "U0TOM"))];

  test("is ended by its owner or by someone who may write the review, once", () => {
    const done = (who: typeof TOM) => by(who, { type: "action.ended", action: 1, outcome: "done", roleAsOf: null });
    given(...todo)
      .when(endAction(TOM), "6m")
      .records(done(TOM));
    given(...todo)
      .when(endAction(NOOR), "6m")
      .records(done(NOOR));
    given(...todo, at("6m", done(TOM)))
      .when(endAction(TOM), "7m")
      .refuses("action_over");
  });

  test("is dropped only with a reason", () => {
    given(...todo)
      .when(endAction(TOM, "dropped"), "6m")
      .refuses("reason_missing");
    given(...todo)
      .when(endAction(TOM, "dropped", 1, "The service is gone."), "6m")
      .records(
        by(
          TOM,
          { type: "action.ended", action: 1, outcome: "dropped", roleAsOf: null },
          { reason: "The service is gone." },
        ),
      );
  });

  test("is followed up like a review: its owner is reminded, and the channel once it is overdue", () => {
    const slot = (at: string, stage: "before" | "due" | "after") =>
      bySystem("clock", { type: "action.reminded", action: 1, slot: at, stage });
    given(...todo)
      .when(followUp, days(1, 6 * 60))
      .records(slot("2026-03-11T08:00:00.000Z", "before"));
    given(...todo)
      .when(followUp, days(3, 6 * 60))
      .records(
        slot("2026-03-13T08:00:00.000Z", "after"),
        bySystem("clock", { type: "action.overdue", action: 1, slot: "2026-03-13T08:00:00.000Z" }),
      );
  });
});
