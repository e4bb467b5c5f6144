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

/** Entry 5 closes the bypass, entry 6 is the review, entry 7 its action. */
const over = [...approvedByLeo(), closed];
const written = [...over, submitted(MIRA)];
const todo = [...written, actionOpened(MIRA, 1, "U0TOM")];

const TABLE: Record<ReviewEvent["type"], { history: readonly Line[]; added: Line; expected: readonly string[] }> = {
  "review.submitted": {
    history: over,
    added: submitted(MIRA),
    expected: ["update alert 6", "thread review 6", "readings"],
  },
  "review.amended": {
    history: written,
    added: submitted(MIRA, { edition: 2 }),
    expected: ["update alert 7", "thread amended 7", "readings"],
  },
  "review.view_added": {
    history: over,
    added: by(DANA, { type: "review.view_added" }, { line: "It was dark." }),
    expected: ["thread view 6"],
  },
  "review.reminded": {
    history: over,
    added: bySystem("clock", { type: "review.reminded", slot: REVIEW_DUE, stage: "due", role: "on-call-lead" }),
    expected: [`reminder on-call-lead ${REVIEW_DUE}`],
  },
  "review.overdue": {
    history: over,
    added: bySystem("clock", { type: "review.overdue", slot: REVIEW_DUE }),
    expected: [`overdue #incidents ${REVIEW_DUE}`],
  },
  "review.escalated": {
    history: over,
    added: bySystem("clock", { type: "review.escalated", slot: REVIEW_DUE, role: "incident-commander" }),
    expected: [`reminder incident-commander ${REVIEW_DUE}`],
  },
  "review.put_off": {
    history: over,
    added: by(MIRA, { type: "review.put_off", until: REVIEW_DUE, roleAsOf: null }, { reason: "Away." }),
    expected: ["thread put-off 6"],
  },
  "action.opened": { history: written, added: actionOpened(MIRA, 1, "U0TOM"), expected: ["dm U0TOM action 7"] },
  "action.reminded": {
    history: todo,
    added: bySystem("clock", { type: "action.reminded", action: 1, slot: REVIEW_DUE, stage: "due" }),
    expected: [`reminder U0TOM ${REVIEW_DUE}`],
  },
  "action.overdue": {
    history: todo,
    added: bySystem("clock", { type: "action.overdue", action: 1, slot: REVIEW_DUE }),
    expected: [`overdue #incidents ${REVIEW_DUE}`],
  },
  "action.put_off": {
    history: todo,
    added: by(MIRA, { type: "action.put_off", action: 1, until: REVIEW_DUE, roleAsOf: null }, { reason: "Away." }),
    expected: ["thread put-off 8"],
  },
  "action.ended": {
    history: todo,
    added: by(TOM, { type: "action.ended", action: 1, outcome: "done", roleAsOf: null }),
    expected: ["update alert 8", "update dm:U0TOM:action:7 8"],
  },
};

test.each(Object.entries(TABLE))("The effects of %s", (type, { history, added, expected }) => {
  expect(added.event.type).toBe(type);
  expect(effects(history, added)).toEqual(expected);
});
