import { describe, expect, test } from "vitest";
import { approve } from "../../support/domain/commands.js";
import {
  acked,
  activated,
  approvedByLeo,
  at,
  attempted,
  bySystem,
  declared,
  denied,
  escalated,
  lapsed,
  reminded,
  waived,
} from "../../support/domain/lines.js";
import {
  as,
  DANA,
  DANA_AGAIN,
  ENA,
  IVO,
  LEO,
  LEO_AGAIN,
  MIRA,
  member,
  NOOR,
  TOM,
  unverifiable,
} from "../../support/domain/people.js";
import { withAck, withGate, withPerson } from "../../support/domain/policies.js";
import { given } from "../../support/domain/scenario.js";

describe("An approval", () => {
  test("by one other person activates the bypass, whose duration starts then", () => {
    given(...declared())
      .when(approve(LEO), "10m")
      .records(acked(LEO), activated(LEO, "70m"));
  });

  test("does not activate a bypass that needs three until the third distinct person approves", () => {
    const three = withAck({ needed: 3 });
    const history = [...declared(three), at("1m", acked(LEO, 1, 3))];
    given(...declared(three))
      .under(three)
      .when(approve(LEO), "1m")
      .records(acked(LEO, 1, 3));
    given(...history)
      .under(three)
      .when(approve(MIRA), "2m")
      .records(acked(MIRA, 2, 3));
    given(...history, at("2m", acked(MIRA, 2, 3)))
      .under(three)
      .when(approve(NOOR), "3m")
      .records(acked(NOOR, 3, 3), activated(NOOR, "63m"));
  });

  test("counts by the policy of the declaration, not by the policy in force", () => {
    given(...declared(withAck({ needed: 2 })))
      .under(withAck({ needed: 1 }))
      .when(approve(LEO), "1m")
      .records(acked(LEO, 1, 2));
    given(...declared(withAck({ needed: 1 })))
      .under(withAck({ needed: 3 }))
      .when(approve(LEO), "1m")
      .records(acked(LEO), activated(LEO, "61m"));
  });

  test("by a role that the escalation pages is accepted from the time of the page on, not before", () => {
    given(...declared())
      .when(approve(IVO), "4m")
      .refuses("not_entitled", attempted(IVO, "approve", "not_entitled"));
    given(...declared(), at("5m", escalated(1, "incident-commander")))
      .when(approve(IVO), "5m")
      .records(acked(IVO), activated(IVO, "65m"));
  });

  test("still counts after give_up_after if downtime kept the last step from being raised", () => {
    given(...declared())
      .when(approve(LEO), "31m")
      .records(acked(LEO), activated(LEO, "91m"));
  });

  test("records when the roles were read, if the reading was stale", () => {
    const roleAsOf = "2026-03-10T01:55:00.000Z";
    const { decision } = given(...declared()).when(approve({ ...LEO, roleAsOf }), "1m");
    expect(decision.entries[0]?.event).toMatchObject({ type: "ack.given", roleAsOf });
  });
});

describe("An approval is refused", () => {
  test("from the requester, even if they hold the role", () => {
    given(...declared())
      .when(approve(DANA), "1m")
      .refuses("self_approval", attempted(DANA, "approve", "self_approval"));
  });

  test("from the requester's other account", () => {
    given(...declared())
      .when(approve(DANA_AGAIN), "1m")
      .refuses("self_approval", attempted(DANA_AGAIN, "approve", "self_approval"));
  });

  test("from the requester under another name that the policy has since given them", () => {
    const renamed = { ...DANA, person: "dana-m" };
    given(...declared())
      .when(approve(renamed), "1m")
      .refuses("self_approval", attempted(renamed, "approve", "self_approval"));
  });

  test("from an account that the policy listed under the requester's name after the declaration", () => {
    const [declaration, review] = declared();
    const unlisted = { ...declaration, actor: member("U0ZOE", []) };
    const since = withPerson("zoe", ["U0ZOE", "W0ZOE2"]);
    const other = member("W0ZOE2", ["on-call-lead"], "zoe");
    given(unlisted, review)
      .under(since)
      .when(approve(other), "1m")
      .refuses("self_approval", attempted(other, "approve", "self_approval"));
  });

  test("a second time from the same person, through any account and under any name", () => {
    const two = withAck({ needed: 2 });
    const once = given(...declared(two), at("1m", acked(LEO, 1, 2)));
    once.under(two).when(approve(LEO), "2m").refuses("already_approved");
    once.under(two).when(approve(LEO_AGAIN), "2m").refuses("already_approved");
    once
      .under(two)
      .when(approve({ ...LEO, person: "leonard" }), "2m")
      .refuses("already_approved");
    given(...declared(two), at("1m", acked(MIRA, 1, 2)))
      .under(withPerson("mira", ["U0MIRA", "W0MIRA2"], two))
      .when(approve(member("W0MIRA2", ["on-call-lead"], "mira")), "2m")
      .refuses("already_approved");
  });

  test("from anyone without a role that may approve, including those who may declare", () => {
    for (const who of [TOM, ENA]) {
      given(...declared())
        .when(approve(who), "1m")
        .refuses("not_entitled", attempted(who, "approve", "not_entitled"));
    }
  });

  test.each(["guest", "bot", "deactivated", "foreign"] as const)(
    "from a %s account that holds the role",
    (accountStatus) => {
      given(...declared())
        .when(approve(as(LEO, accountStatus)), "1m")
        .refuses(accountStatus, attempted(LEO, "approve", accountStatus));
    },
  );

  test("from a person whose account could not be verified, without recording the attempt", () => {
    given(...declared())
      .when(approve(unverifiable(LEO)), "1m")
      .refuses("unverifiable");
  });

  test("and recorded once per kind of attempt and person", () => {
    const history = [...declared(), at("1m", attempted(TOM, "approve", "not_entitled"))];
    given(...history)
      .when(approve(TOM), "2m")
      .refuses("not_entitled");
    given(...history)
      .when(approve(ENA), "2m")
      .refuses("not_entitled", attempted(ENA, "approve", "not_entitled"));
    given(...history)
      .when(approve(as(TOM, "deactivated")), "2m")
      .refuses("deactivated", attempted(TOM, "approve", "deactivated"));
  });

  test("once the time to answer is over, and the first such attempt records the lapse", () => {
    const fullyEscalated = [...declared(), at("5m", escalated(1, "incident-commander")), at("27m", reminded(9))];
    expect(given(...fullyEscalated).when(approve(LEO), "29m", 59_999).state?.status).toBe("active");
    given(...fullyEscalated)
      .when(approve(LEO), "30m")
      .refuses("gave_up", lapsed, waived);
  });

  test("when the gate may no longer be bypassed, and the request lapses", () => {
    given(...declared())
      .under(withGate("e2e-suite", { neverBypass: "Since the outage." }))
      .when(approve(LEO), "1m")
      .refuses("gate_never_bypass", bySystem("policy", { type: "bypass.lapsed", why: "gate_never_bypass" }), waived);
  });

  test("once the request was settled, either way", () => {
    given(...declared(), at("1m", denied(LEO)), at("1m", waived))
      .when(approve(MIRA), "2m")
      .refuses("not_requested");
    given(...approvedByLeo())
      .when(approve(MIRA), "2m")
      .refuses("not_requested");
    given(...declared(withAck({ needed: 0 })), activated(DANA, "60m", false))
      .when(approve(LEO), "1m")
      .refuses("not_requested");
  });

  test("on a bypass that does not exist", () => {
    given().when(approve(LEO)).refuses("not_found");
  });
});
