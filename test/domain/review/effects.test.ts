import { expect, test } from "vitest";
import type { ReviewEvent } from "../../../src/domain/events/catalogue/review.js";
import {
  actionOpened,
  approvedByLeo,
  by,
  bySystem,
  closed,
  type Line,
  REVIEW_DUE,
  submitted,
} from "../../support/domain/lines.js";
import { DANA, MIRA, TOM } from "../../support/domain/people.js";
import { effects } from "../../support/domain/told.js";

/** Version 5 closed it; version 6 is the review, 7 its action. */
const over = [...approvedByLeo(), closed];
const written = [...over, submitted(MIRA)];
const todo = [...written, actionOpened(MIRA, 1, "U0TOM")];

const TABLE: Record<ReviewEvent["type"], { history: readonly Line[]; fresh: Line; told: readonly string[] }> = {
  "review.submitted": {
    history: over,
    fresh: submitted(MIRA),
    told: ["update alert 6", "thread review 6", "readings"],
  },
  "review.amended": {
    history: written,
    fresh: submitted(MIRA, { edition: 2 }),
    told: ["update alert 7", "thread amended 7", "readings"],
  },
  "review.view_added": {
    history: over,
    fresh: by(DANA, { type: "review.view_added" }, { line: "It was dark." }),
    told: ["thread view 6"],
  },
  "review.reminded": {
    history: over,
    fresh: bySystem("clock", { type: "review.reminded", slot: REVIEW_DUE, stage: "due", role: "on-call-lead" }),
    told: [`reminder on-call-lead ${REVIEW_DUE}`],
  },
  "review.overdue": {
    history: over,
    fresh: bySystem("clock", { type: "review.overdue", slot: REVIEW_DUE }),
    told: [`overdue #incidents ${REVIEW_DUE}`],
  },
  "review.escalated": {
    history: over,
    fresh: bySystem("clock", { type: "review.escalated", slot: REVIEW_DUE, role: "incident-commander" }),
    told: [`reminder incident-commander ${REVIEW_DUE}`],
  },
  "review.put_off": {
    history: over,
    fresh: by(MIRA, { type: "review.put_off", until: REVIEW_DUE, roleAsOf: null }, { reason: "Away." }),
    told: [],
  },
  "action.opened": { history: written, fresh: actionOpened(MIRA, 1, "U0TOM"), told: ["dm U0TOM action 7"] },
  "action.reminded": {
    history: todo,
    fresh: bySystem("clock", { type: "action.reminded", action: 1, slot: REVIEW_DUE, stage: "due" }),
    told: [`reminder U0TOM ${REVIEW_DUE}`],
  },
  "action.overdue": {
    history: todo,
    fresh: bySystem("clock", { type: "action.overdue", action: 1, slot: REVIEW_DUE }),
    told: [`overdue #incidents ${REVIEW_DUE}`],
  },
  "action.put_off": {
    history: todo,
    fresh: by(MIRA, { type: "action.put_off", action: 1, until: REVIEW_DUE, roleAsOf: null }, { reason: "Away." }),
    told: [],
  },
  "action.ended": {
    history: todo,
    fresh: by(TOM, { type: "action.ended", action: 1, outcome: "done", roleAsOf: null }),
    told: ["update alert 8", "update dm:U0TOM:action:7 8"],
  },
};

test.each(Object.entries(TABLE))("the world is told of %s", (type, { history, fresh, told }) => {
  expect(fresh.event.type).toBe(type);
  expect(effects(history, fresh)).toEqual(told);
});
