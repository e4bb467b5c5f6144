import { describe, expect, test } from "vitest";
import type { Actor } from "../../../src/domain/events/actor.js";
import type { BypassEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import type { ReviewWords } from "../../../src/domain/events/catalogue/review.js";
import {
  active,
  at,
  byPerson,
  bySystem,
  closed,
  DANA,
  DANA2,
  days,
  foundIn,
  LEO,
  type Line,
  MIA,
  minuteAt,
} from "../../support/domain/histories.js";

/** Entries 1 to 5: approved by Leo and closed at once. Later entries have the same time. */
const over: readonly Line[] = [...active, closed(DANA)];
const DANAS_NAME: Actor = { kind: "person", user: "U0OTHER", person: "dana" };
const LEOS_NAME: Actor = { kind: "person", user: "U0OTHER", person: "leo" };

const words: ReviewWords = {
  edition: 1,
  verdict: "justified",
  gatesAtFault: [],
  forcedBy: "flaky",
  aftermath: "passed-later",
  asApprover: false,
  roleAsOf: null,
};
const submitted = (actor: Actor = MIA, change: Partial<ReviewWords> = {}): Line =>
  byPerson(actor, { type: "review.submitted", ...words, ...change });
const amended = (edition = 2): Line => byPerson(MIA, { type: "review.amended", ...words, edition });
const viewed = (actor: Actor): Line => byPerson(actor, { type: "review.view_added" });
const putOff = (until = minuteAt(days(1)), actor: Actor = MIA): Line =>
  byPerson(actor, { type: "review.put_off", until, roleAsOf: null });
const reminded = (slot = minuteAt(0)): Line => bySystem({ type: "review.reminded", slot, stage: "due", role: "r" });
const overdue = (slot = minuteAt(0)): Line => bySystem({ type: "review.overdue", slot });
const escalated = (slot = minuteAt(0)): Line => bySystem({ type: "review.escalated", slot, role: "r" });
const opened = (action = 1, owner = "U0TOM", dueAt = minuteAt(days(3))): Line =>
  byPerson(MIA, { type: "action.opened", action, owner, dueAt });
const written: readonly Line[] = [...over, submitted(), opened()];

const actionEvents: readonly BypassEvent[] = [
  { type: "action.reminded", action: 1, slot: minuteAt(0), stage: "due" },
  { type: "action.overdue", action: 1, slot: minuteAt(0) },
  { type: "action.put_off", action: 1, until: minuteAt(5), roleAsOf: null },
  { type: "action.ended", action: 1, outcome: "done", roleAsOf: null },
];
const [actionReminded, actionOverdue, actionPutOff, actionEnded] = actionEvents.map((event) =>
  /put_off|ended/.test(event.type) ? byPerson(MIA, event) : bySystem(event),
);
const actions = [actionReminded, actionOverdue, actionPutOff, actionEnded].filter((line) => line !== undefined);
/** The same event with other fields. */
const changed = (line: Line | undefined, change: object): Line => {
  if (line === undefined) throw new Error("an action has four events");
  return { ...line, event: { ...line.event, ...change } };
};

const NOEL: Actor = { kind: "person", user: "U0NOEL", person: "noel" };
const times = (count: number, line: Line): readonly Line[] => Array.from({ length: count }, () => line);
/** Amendments by one person, from that edition on. */
const editions = (who: Actor, from: number, count: number): readonly Line[] =>
  Array.from({ length: count }, (_, index) => ({
    ...amended(from + index),
    actor: who,
    event: { ...amended(from + index).event, ...(who === LEO ? { asApprover: true } : {}) } as Line["event"],
  }));

describe("No violation is found in a review", () => {
  test.each<readonly [string, readonly Line[]]>([
    ["that is followed up, put off and written", [...over, reminded(), putOff(), overdue(), escalated(), submitted()]],
    ["that is put off twice, for 31 days", [...over, putOff(), putOff(minuteAt(days(31)))]],
    ["that is put off until now", [...over, putOff(minuteAt(0))]],
    ["with a reminder at most a day ahead", [...over, reminded(minuteAt(days(1)))]],
    ["with the requester's view, by an account or by the name", [...over, viewed(DANA2), viewed(DANAS_NAME)]],
    ["by an approver, if it says so", [...over, submitted(LEO, { asApprover: true })]],
    ["that names gates at fault", [...over, submitted(MIA, { verdict: "gate-at-fault", gatesAtFault: ["h"] })]],
    ["that is amended, with actions before and after", [...written, amended(), opened(2), amended(3)]],
    ["with an action that is followed up and ended", [...written, ...actions]],
  ])("%s", (_, lines) => {
    expect(foundIn(...lines)).toEqual([]);
  });
});

describe("Each violation of a review's invariants is found, and nothing else is", () => {
  test.each<readonly [string, readonly Line[]]>([
    ["Entry 5 of BG-1 records review.submitted of a bypass that is not over.", [...active, submitted()]],
    ["Entry 5 of BG-1 records review.view_added of a bypass that is not over.", [...active, viewed(DANA)]],
    ["Entry 5 of BG-1 records action.ended of a bypass that is not over.", [...active, changed(actionEnded, {})]],
    ["Entry 6 of BG-1 is a review by the requester.", [...over, submitted(DANA2)]],
    ["Entry 6 of BG-1 is a review by the requester.", [...over, submitted(DANAS_NAME)]],
    ["Entry 6 of BG-1 counts the editions of the review wrong.", [...over, submitted(MIA, { edition: 2 })]],
    ["Entry 6 of BG-1 counts the editions of the review wrong.", [...over, amended(1)]],
    ["Entry 8 of BG-1 counts the editions of the review wrong.", [...written, amended(3)]],
    ["Entry 8 of BG-1 counts the editions of the review wrong.", [...written, submitted(MIA, { edition: 2 })]],
    [
      "Entry 6 of BG-1 names gates at fault that do not fit its verdict on this bypass.",
      [...over, submitted(MIA, { verdict: "gate-at-fault" })],
    ],
    [
      "Entry 6 of BG-1 names gates at fault that do not fit its verdict on this bypass.",
      [...over, submitted(MIA, { gatesAtFault: ["g"] })],
    ],
    [
      "Entry 6 of BG-1 names gates at fault that do not fit its verdict on this bypass.",
      [...over, submitted(MIA, { verdict: "gate-at-fault", gatesAtFault: ["g", "other"] })],
    ],
    ["Entry 6 of BG-1 hides that its writer had approved the bypass.", [...over, submitted(LEO)]],
    ["Entry 6 of BG-1 hides that its writer had approved the bypass.", [...over, submitted(LEOS_NAME)]],
    ["Entry 6 of BG-1 adds the view of somebody else than the requester.", [...over, viewed(LEO)]],
    ["Entry 6 of BG-1 puts off the review of the own bypass.", [...over, putOff(minuteAt(5), DANA)]],
    ["Entry 6 of BG-1 puts off the review of the own bypass.", [...over, putOff(minuteAt(5), DANAS_NAME)]],
    ["Entry 6 of BG-1 puts off for more than 31 days.", [...over, putOff(minuteAt(days(31) + 1))]],
    ["Entry 8 of BG-1 puts off more than 2 times.", [...over, putOff(), putOff(), putOff()]],
    ["Entry 7 of BG-1 puts off what was escalated.", [...over, escalated(), putOff()]],
    ["Entry 6 of BG-1 puts off until a moment that has passed.", [...over, putOff(minuteAt(-1))]],
    ["Entry 6 of BG-1 puts off until no moment.", [...over, putOff("later")]],
    ["Entry 8 of BG-1 records review.put_off of a review that is written.", [...written, putOff()]],
    ["Entry 6 of BG-1 reminds at no moment.", [...over, reminded("2026-02-30T09:00:00.000Z")]],
    ["Entry 6 of BG-1 reminds more than a day before its moment.", [...over, reminded(minuteAt(days(1) + 1))]],
    ["Entry 6 of BG-1 reminds more than a day before its moment.", [...over, overdue(minuteAt(days(1) + 1))]],
    ["Entry 6 of BG-1 reminds more than a day before its moment.", [...over, escalated(minuteAt(days(1) + 1))]],
    ["Entry 8 of BG-1 records review.reminded of a review that is written.", [...written, reminded()]],
    ["Entry 8 of BG-1 records review.overdue of a review that is written.", [...written, overdue()]],
    ["Entry 8 of BG-1 records review.escalated of a review that is written.", [...written, escalated()]],
    ["Entry 6 of BG-1 opens an action without a review.", [...over, opened()]],
    ["Entry 8 of BG-1 counts the actions wrong.", [...written, opened(3)]],
    ["Entry 8 of BG-1 counts the actions wrong.", [...written, opened(1)]],
    ["Entry 8 of BG-1 opens an action that is due at no moment.", [...written, opened(2, "U0TOM", "soon")]],
    ["Entry 8 of BG-1 opens an action whose owner is no Slack account.", [...written, opened(2, "everybody")]],
    [
      "Entry 8 of BG-1 reminds more than a day before its moment.",
      [...written, changed(actionReminded, { slot: minuteAt(days(2)) })],
    ],
    [
      "Entry 8 of BG-1 reminds more than a day before its moment.",
      [...written, changed(actionOverdue, { slot: minuteAt(days(2)) })],
    ],
    [
      "Entry 8 of BG-1 puts off for more than 31 days.",
      [...written, changed(actionPutOff, { until: minuteAt(days(32)) })],
    ],
    ["Entry 10 of BG-1 puts off more than 2 times.", [...written, ...times(3, changed(actionPutOff, {}))]],
    ["Entry 26 of BG-1 is one of more than 20 of its kind.", [...over, ...times(21, viewed(DANA2))]],
    ["Entry 17 of BG-1 is one of more than 10 of its kind by one person.", [...written, ...editions(MIA, 2, 10)]],
    [
      "Entry 27 of BG-1 is one of more than 20 of its kind.",
      [...written, ...editions(MIA, 2, 9), ...editions(NOEL, 11, 10), ...editions(LEO, 21, 1)],
    ],
    ...actions.map(
      (line) =>
        [
          `Entry 9 of BG-1 records ${line.event.type} of an action that is not open.`,
          [...written, changed(actionEnded, { outcome: "dropped" }), line],
        ] as const,
    ),
    ...actions.map(
      (line) =>
        [
          `Entry 8 of BG-1 records ${line.event.type} of an action that is not open.`,
          [...written, changed(line, { action: 2 })],
        ] as const,
    ),
    ["Entry 6 of BG-1 records review.put_off by a system, but only a person may.", [...over, bySystem(putOff().event)]],
  ])("%s", (sentence, lines) => {
    expect(foundIn(...lines.map((line) => at(line.minute ?? 0, line)))).toEqual([sentence]);
  });
});
