import { describe, expect, test } from "vitest";
import type { CommandOf } from "../../../src/domain/bypass/commands.js";
import type { Principal } from "../../../src/domain/decisions/principal.js";
import { endAction, followUp, putOff, REVIEWERS, submit } from "../../support/domain/commands.js";
import {
  actionOpened,
  approvedByLeo,
  at,
  attempted,
  by,
  bySystem,
  closed,
  declared,
  denied,
  submitted,
  waived,
} from "../../support/domain/lines.js";
import { as, DANA, DANA_AGAIN, ENA, IVO, LEO, MIRA, member, TOM, unverifiable } from "../../support/domain/people.js";
import { withPerson } from "../../support/domain/policies.js";
import { given } from "../../support/domain/scenario.js";
import { TOKEN } from "../../support/secrets.js";

const over = [...approvedByLeo(), at("4m", closed)];
const written = [...over, at("5m", submitted(MIRA))];
const todo = [...written, at("5m", actionOpened(MIRA, 1, "U0TOM"))];
const refusedEarly = [...declared(), at("1m", denied(LEO)), at("1m", waived)];
const MONDAY = "2026-03-16T08:00:00.000Z";
const days = (count: number, minutes = 0) => `${count * 24 * 60 + minutes}m`;

const putOffAction = (
  who: Principal,
  change: Partial<CommandOf<"put_off_action">> = {},
): CommandOf<"put_off_action"> => ({
  type: "put_off_action",
  by: who,
  reviewers: REVIEWERS,
  action: 1,
  until: "2026-03-16",
  reason: " Not before Monday. ",
  ...change,
});
const isPutOff = (who: Parameters<typeof by>[0], roleAsOf: string | null = null) =>
  by(who, { type: "action.put_off", action: 1, until: MONDAY, roleAsOf }, { reason: "Not before Monday." });

describe("An action is put off", () => {
  test("by its owner, or by someone who may write the review, with a reason", () => {
    for (const who of [TOM, MIRA])
      given(...todo)
        .when(putOffAction(who), "6m")
        .records(isPutOff(who));
    const roleAsOf = "2026-03-10T01:50:00.000Z";
    given(...todo)
      .when(putOffAction({ ...TOM, roleAsOf }), "6m")
      .records(isPutOff(TOM, roleAsOf));
  });

  test("by its owner through another account of theirs", () => {
    const other = member("W0TOM2", [], "tom");
    given(...todo)
      .under(withPerson("tom", ["U0TOM", "W0TOM2"]))
      .when(putOffAction(other), "6m")
      .records(isPutOff(other));
    given(...todo)
      .when(putOffAction(other), "6m")
      .refuses("not_action_owner");
  });

  test("by nobody else, and by the requester only if they own it", () => {
    given(...todo)
      .when(putOffAction(ENA), "6m")
      .refuses("not_action_owner");
    given(...todo)
      .when(putOffAction(DANA), "6m")
      .refuses("not_action_owner");
    given(...written, at("5m", actionOpened(MIRA, 1, "U0DANA")))
      .when(putOffAction(DANA), "6m")
      .records(isPutOff(DANA));
    given(...todo)
      .when(putOffAction(as(TOM, "deactivated")), "6m")
      .refuses("deactivated", attempted(TOM, "put_off_action", "deactivated"));
    given(...todo)
      .when(putOffAction(unverifiable(TOM)), "6m")
      .refuses("unverifiable");
  });

  test("only if it exists and is open", () => {
    const done = by(TOM, { type: "action.ended", action: 1, outcome: "done", roleAsOf: null });
    given(...todo, at("6m", done))
      .when(putOffAction(TOM), "7m")
      .refuses("action_over");
    given(...todo)
      .when(putOffAction(TOM, { action: 2 }), "6m")
      .refuses("no_such_action");
    given(...approvedByLeo())
      .when(putOffAction(TOM), "6m")
      .refuses("not_over");
  });

  test("to a later day within the month, with a reason that can be recorded", () => {
    for (const until of ["2026-03-10", "2026-04-20", "soon"])
      given(...todo)
        .when(putOffAction(TOM, { until }), "6m")
        .refuses("date_invalid");
    given(...todo)
      .when(putOffAction(TOM, { reason: " " }), "6m")
      .refuses("reason_missing");
  });

  test("and nobody is reminded of it until then, while other actions are followed up as before", () => {
    const other = at("5m", actionOpened(MIRA, 2, "U0ENA"));
    const whilePutOff = [...todo, other, at("6m", isPutOff(TOM))];
    given(...whilePutOff)
      .when(followUp, days(1, 6 * 60))
      .records(
        bySystem("clock", { type: "action.reminded", action: 2, slot: "2026-03-11T08:00:00.000Z", stage: "before" }),
      );
    const reminders = [
      bySystem("clock", { type: "action.reminded", action: 2, slot: MONDAY, stage: "after" }),
      bySystem("clock", { type: "action.overdue", action: 2, slot: MONDAY }),
    ].map((line) => at(days(3), line));
    given(...whilePutOff, ...reminders)
      .when(followUp, days(6, 6 * 60))
      .records(
        bySystem("clock", { type: "action.reminded", action: 1, slot: MONDAY, stage: "after" }),
        bySystem("clock", { type: "action.overdue", action: 1, slot: MONDAY }),
      );
  });
});

describe("A review is put off", () => {
  test("by its approver only if nobody else holds the role, and so are its actions, which others then end too", () => {
    const alone = { reviewers: ["U0DANA"] };
    given(...over)
      .when(putOff(LEO), "5m")
      .refuses("approver_while_others");
    given(...over)
      .when({ ...putOff(LEO), reviewers: null }, "5m")
      .refuses("unverifiable");
    given(...over)
      .when({ ...putOff(LEO), ...alone }, "5m")
      .records(by(LEO, { type: "review.put_off", until: MONDAY, roleAsOf: null }, { reason: "Mira is away." }));
    for (const command of [putOffAction(LEO), endAction(LEO, "dropped", 1, "Not needed.")]) {
      given(...todo)
        .when(command, "6m")
        .refuses("not_action_owner");
      given(...todo)
        .when({ ...command, reviewers: null }, "6m")
        .refuses("unverifiable");
      expect(given(...todo).when({ ...command, ...alone }, "6m").decision.ok).toBe(true);
    }
    given(...written, at("5m", actionOpened(MIRA, 1, "U0LEO")))
      .when(putOffAction(LEO), "6m")
      .records(isPutOff(LEO));
  });

  test("twice at most, by whomever, and each action twice too", () => {
    const off = by(MIRA, { type: "review.put_off", until: MONDAY, roleAsOf: null }, { reason: "Mira is away." });
    given(...over, at("5m", off))
      .when(putOff(MIRA), "6m")
      .records(off);
    given(...over, at("5m", off), at("5m", off))
      .when(putOff(member("U0NOOR", ["on-call-lead"])), "6m")
      .refuses("put_off_used_up");
    const other = at("5m", actionOpened(MIRA, 2, "U0TOM"));
    given(...todo, other, at("6m", isPutOff(TOM)), at("6m", isPutOff(MIRA)))
      .when(putOffAction(TOM), "7m")
      .refuses("put_off_used_up");
    given(...todo, other, at("6m", isPutOff(TOM)), at("6m", isPutOff(MIRA)))
      .when(putOffAction(TOM, { action: 2 }), "7m")
      .records({ ...isPutOff(TOM), event: { ...isPutOff(TOM).event, action: 2 } as never });
  });

  test("by someone who may write it, and by nobody else", () => {
    given(...over)
      .when(putOff(TOM), "5m")
      .refuses("not_reviewer", attempted(TOM, "put_off_review", "not_reviewer"));
    for (const who of [DANA, DANA_AGAIN])
      given(...over)
        .when(putOff(who), "5m")
        .refuses("own_review", attempted(who, "put_off_review", "own_review"));
    given(...over)
      .when(putOff(as(MIRA, "guest")), "5m")
      .refuses("guest", attempted(MIRA, "put_off_review", "guest"));
    const roleAsOf = "2026-03-10T01:50:00.000Z";
    given(...over)
      .when(putOff({ ...MIRA, roleAsOf }), "5m")
      .records(by(MIRA, { type: "review.put_off", until: MONDAY, roleAsOf }, { reason: "Mira is away." }));
  });

  test("only while it waits to be written", () => {
    given(...approvedByLeo())
      .when(putOff(MIRA), "5m")
      .refuses("not_over");
    given(...refusedEarly)
      .when(putOff(MIRA), "5m")
      .refuses("review_waived");
    given(...written)
      .when(putOff(MIRA), "6m")
      .refuses("review_closed");
  });
});

describe("An action is ended", () => {
  test("only if the review has that action", () => {
    given(...approvedByLeo())
      .when(endAction(TOM), "6m")
      .refuses("not_over");
    given(...todo)
      .when(endAction(TOM, "done", 2), "6m")
      .refuses("no_such_action");
    given(...todo)
      .when(endAction(as(TOM, "bot")), "6m")
      .refuses("bot", attempted(TOM, "end_action", "bot"));
  });

  test("by the owner through another account, and by the role that the review was escalated to", () => {
    const other = member("W0TOM2", [], "tom");
    given(...todo)
      .under(withPerson("tom", ["U0TOM", "W0TOM2"]))
      .when(endAction(other), "6m")
      .records(by(other, { type: "action.ended", action: 1, outcome: "done", roleAsOf: null }));
    given(...todo)
      .when(endAction(IVO), "6m")
      .refuses("not_action_owner");
    const raised = bySystem("clock", { type: "review.escalated", slot: MONDAY, role: "incident-commander" });
    given(...over, at("5m", raised), at("5m", submitted(MIRA)), at("5m", actionOpened(MIRA, 1, "U0TOM")))
      .when(endAction(IVO), "6m")
      .records(by(IVO, { type: "action.ended", action: 1, outcome: "done", roleAsOf: null }));
  });

  test("as dropped only if its reason holds no secret, and as done whatever its reason holds", () => {
    given(...todo)
      .when(endAction(TOM, "dropped", 1, TOKEN), "6m")
      .refuses("text_secret");
    given(...todo)
      .when(endAction(TOM, "done", 1, TOKEN), "6m")
      .records(by(TOM, { type: "action.ended", action: 1, outcome: "done", roleAsOf: null }));
  });
});

describe("The writer of a review", () => {
  test("is a member who holds the reviewer's role, which could be read", () => {
    given(...over)
      .when(submit(unverifiable(MIRA)), "5m")
      .refuses("unverifiable");
    given(...over)
      .when(submit(as(MIRA, "foreign")), "5m")
      .refuses("foreign", attempted(MIRA, "submit_review", "foreign"));
    given(...over)
      .when(submit(unverifiable(LEO)), "5m")
      .refuses("unverifiable");
  });

  test("may be an approver who has since lost the role, if nobody else holds it", () => {
    const former = member("U0LEO", [], "leo");
    given(...over)
      .when(submit(former, {}, ["U0DANA"]), "5m")
      .records(submitted(LEO, { asApprover: true }));
    given(...over)
      .when(submit(former, {}, ["U0MIRA"]), "5m")
      .refuses("approver_while_others");
  });
});
