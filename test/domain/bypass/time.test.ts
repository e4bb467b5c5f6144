import { describe, expect, test } from "vitest";
import { nextDueAt } from "../../../src/domain/bypass/due.js";
import { DECLARED_AT, since } from "../../support/domain/clock.js";
import { approve, deny, log, tick, withdraw } from "../../support/domain/commands.js";
import {
  acked,
  activated,
  approvedByLeo,
  at,
  by,
  closed,
  declared,
  denied,
  escalated,
  expired,
  lapsed,
  reminded,
  waived,
  warned,
} from "../../support/domain/lines.js";
import { DANA, LEO } from "../../support/domain/people.js";
import { withAck } from "../../support/domain/policies.js";
import { given, stateOf } from "../../support/domain/scenario.js";

const commander = escalated(1, "incident-commander");

describe("While a request waits", () => {
  test("nothing is due before the first reminder", () => {
    given(...declared())
      .when(tick, "2m", 59_999)
      .refuses("nothing_due");
  });

  test("the approvers are reminded every remind_every interval", () => {
    given(...declared())
      .when(tick, "3m")
      .records(reminded(1));
    given(...declared(), at("3m", reminded(1)))
      .when(tick, "3m")
      .refuses("nothing_due");
    given(...declared(), at("3m", reminded(1)), at("5m", commander))
      .when(tick, "6m")
      .records(reminded(2));
  });

  test("the reminders missed during downtime become one reminder", () => {
    given(...declared(), at("5m", commander))
      .when(tick, "16m")
      .records(reminded(5));
    given(...declared(), at("5m", commander), at("16m", reminded(5)))
      .when(tick, "17m", 59_999)
      .refuses("nothing_due");
    given(...declared(), at("5m", commander), at("16m", reminded(5)))
      .when(tick, "18m")
      .records(reminded(6));
  });

  test("a step is raised at its time, once", () => {
    const late = given(...declared(), at("3m", reminded(1)));
    late.when(tick, "4m", 59_999).refuses("nothing_due");
    late.when(tick, "5m").records(commander);
    given(...declared(), at("3m", reminded(1)), at("5m", commander))
      .when(tick, "5m", 1)
      .refuses("nothing_due");
  });

  test("steps that became due together are raised together, with one reminder", () => {
    const policy = withAck({
      escalate: [
        { afterSeconds: 60, page: "incident-commander" },
        { afterSeconds: 120, page: "on-call-engineer" },
      ],
    });
    given(...declared(policy))
      .under(policy)
      .when(tick, "10m")
      .records(commander, escalated(2, "on-call-engineer"), reminded(3));
  });

  test("the escalation is that of the declaration, whatever the policy in force says", () => {
    given(...declared())
      .under(withAck({ escalate: [] }))
      .when(tick, "5m")
      .records(commander, reminded(1));
  });
});

describe("A request lapses", () => {
  const fullyEscalated = [...declared(), at("5m", commander), at("27m", reminded(9))];

  test("at give_up_after and not a millisecond before, and its review is waived", () => {
    given(...fullyEscalated)
      .when(tick, "29m", 59_999)
      .refuses("nothing_due");
    const { state } = given(...fullyEscalated)
      .when(tick, "30m")
      .records(lapsed, waived);
    expect(state).toMatchObject({ status: "lapsed", why: "no_ack", review: { status: "waived" } });
  });

  test("never before the last step: after downtime it is raised first and its people get one interval", () => {
    const afterDowntime = given(...declared())
      .when(tick, "2h")
      .records(commander, reminded(40));
    expect(afterDowntime.state && nextDueAt(afterDowntime.state)).toBe(Date.parse(since("123m")));
    const history = [...declared(), at("2h", commander), at("2h", reminded(40))];
    given(...history)
      .when(tick, "122m", 59_999)
      .refuses("nothing_due");
    given(...history)
      .when(approve(LEO), "122m")
      .records(acked(LEO), activated(LEO, "182m"));
    given(...history)
      .when(tick, "123m")
      .records(lapsed, waived);
  });

  test("on time when a step was raised only a few seconds late", () => {
    given(...declared(), at("305s", commander), at("27m", reminded(9)))
      .when(tick, "30m")
      .records(lapsed, waived);
  });

  test("never in the same tick that raises its last step, however short the downtime", () => {
    const policy = withAck({ escalate: [{ afterSeconds: 29 * 60 + 30, page: "incident-commander" }] });
    const history = [...declared(policy), at("27m", reminded(9))];
    given(...history)
      .under(policy)
      .when(tick, "1810s")
      .records(commander, reminded(10));
    given(...history, at("1810s", commander), at("1810s", reminded(10)))
      .under(policy)
      .when(tick, "1990s")
      .records(lapsed, waived);
  });

  test("not once it was settled", () => {
    for (const settled of [
      [acked(LEO), activated(LEO, "2h")],
      [denied(LEO), waived],
    ]) {
      given(...declared(), ...settled.map((line) => at("1m", line)))
        .when(tick, "30m")
        .refuses("nothing_due");
    }
  });
});

describe("While a grant is active", () => {
  test("the warning comes five minutes before the end, once", () => {
    given(...approvedByLeo())
      .when(tick, "55m", 59_999)
      .refuses("nothing_due");
    given(...approvedByLeo())
      .when(tick, "56m")
      .records(warned);
    given(...approvedByLeo(), at("56m", warned))
      .when(tick, "57m")
      .refuses("nothing_due");
  });

  test("the warning of a short grant comes when a fifth of it is left", () => {
    const short = [
      ...declared(undefined, { durationSeconds: 900 }),
      at("0s", acked(LEO)),
      at("0s", activated(LEO, "15m")),
    ];
    given(...short)
      .when(tick, "11m", 59_999)
      .refuses("nothing_due");
    given(...short)
      .when(tick, "12m")
      .records(warned);
  });

  test("it expires at exactly its end", () => {
    given(...approvedByLeo(), at("56m", warned))
      .when(tick, "60m", 59_999)
      .refuses("nothing_due");
    const { state } = given(...approvedByLeo(), at("56m", warned))
      .when(tick, "61m")
      .records(expired);
    expect(state).toMatchObject({ status: "expired", review: { status: "open" } });
  });

  test("nobody is warned after the end has passed", () => {
    given(...approvedByLeo())
      .when(tick, "5h")
      .records(expired);
  });

  test("no escalation step is due any more", () => {
    given(...approvedByLeo())
      .when(tick, "20m")
      .refuses("nothing_due");
  });
});

describe("Nothing is ever due", () => {
  test.each([
    ["denied", [at("1m", denied(LEO)), at("1m", waived)]],
    ["lapsed", [at("30m", lapsed), at("30m", waived)]],
    ["expired", [...approvedByLeo().slice(2), at("61m", expired)]],
    ["closed", [...approvedByLeo().slice(2), at("10m", closed)]],
  ])("on a bypass that is %s", (status, lines) => {
    const state = stateOf(...declared(), ...lines);
    expect(state.status).toBe(status);
    expect(nextDueAt(state)).toBeNull();
    given(...declared(), ...lines)
      .when(tick, "99h")
      .refuses("nothing_due");
  });
});

describe("A clock that steps back", () => {
  test("dates no entry before the previous one", () => {
    given(...declared(), at("10m", by(DANA, { type: "bypass.logged", via: "command" })))
      .when(approve(LEO), "1m")
      .records(at("10m", acked(LEO)), { ...activated(LEO, "70m"), at: since("10m") });
    given(...approvedByLeo())
      .when(log(DANA, "Back then."), "0s")
      .records(at("1m", by(DANA, { type: "bypass.logged", via: "command" }, { line: "Back then." })));
  });

  test("does not reopen a bypass that has ended", () => {
    given(...approvedByLeo(), at("61m", expired))
      .when(tick, "5m")
      .refuses("nothing_due");
    given(...declared(), at("30m", lapsed), at("30m", waived))
      .when(approve(LEO), "1m")
      .refuses("not_requested");
  });

  test("lets a request be withdrawn at the time of its declaration", () => {
    const before = new Date(Date.parse(DECLARED_AT) - 3_600_000);
    expect(before.toISOString() < DECLARED_AT).toBe(true);
    given(...declared())
      .when(withdraw(), "0s", -3_600_000)
      .records(by(DANA, { type: "bypass.withdrawn" }), waived);
    given(...declared())
      .when(deny(LEO), "0s", -3_600_000)
      .records(denied(LEO), waived);
  });
});
