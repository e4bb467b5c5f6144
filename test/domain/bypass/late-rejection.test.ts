import { describe, expect, test } from "vitest";
import { rowOf } from "../../../src/domain/bypass/row.js";
import { since } from "../../support/domain/clock.js";
import { deny, revoke } from "../../support/domain/commands.js";
import {
  approvedByLeo,
  at,
  attempted,
  bySystem,
  closed,
  declared,
  denied,
  escalated,
  expired,
  lapsed,
  rejectedLate,
  revoked,
  waived,
  withdrawn,
} from "../../support/domain/lines.js";
import { DANA, DANA_AGAIN, LEO, MIRA, TOM } from "../../support/domain/people.js";
import { withGate } from "../../support/domain/policies.js";
import { given, stateOf } from "../../support/domain/scenario.js";
import { TOKEN } from "../../support/secrets.js";

const withdrawnAfterAMinute = [...declared(), at("1m", withdrawn), at("1m", waived)];
const closedAfterTwo = [...approvedByLeo(), at("2m", closed)];

describe("A Deny that comes after a Withdraw", () => {
  test("is recorded, and counts as a no from then on, while the request stays withdrawn", () => {
    const { state } = given(...withdrawnAfterAMinute)
      .when(deny(LEO, "Not on a Friday."), "90s")
      .records(rejectedLate(LEO, "deny", "Not on a Friday."));
    expect(state?.status).toBe("withdrawn");
    expect(state?.review?.status).toBe("waived");
    const row = rowOf(stateOf(...withdrawnAfterAMinute, at("2m", rejectedLate(LEO))));
    expect(row.rejectedAt).toBe(since("2m"));
  });

  test("says what it was too late for", () => {
    const { decision } = given(...withdrawnAfterAMinute).when(deny(LEO), "2m");
    expect(decision).toMatchObject({ ok: true, late: { code: "not_requested" } });
    expect(given(...declared()).when(deny(LEO), "2m").decision).not.toHaveProperty("late");
  });

  test("is taken for a quarter of an hour, and no longer", () => {
    given(...withdrawnAfterAMinute)
      .when(deny(LEO), "16m")
      .records(rejectedLate(LEO));
    given(...withdrawnAfterAMinute)
      .when(deny(LEO), "16m", 1)
      .refuses("not_requested");
  });

  test("is taken once: a second no adds nothing to the first", () => {
    given(...withdrawnAfterAMinute, at("2m", rejectedLate(LEO)))
      .when(deny(MIRA), "3m")
      .refuses("not_requested");
    given(...declared(), at("1m", denied(LEO)), at("1m", waived))
      .when(deny(MIRA), "2m")
      .refuses("not_requested");
  });

  test("is refused from whoever may not deny, and without a reason that can be recorded", () => {
    const when = (who: typeof LEO, reason?: string) => given(...withdrawnAfterAMinute).when(deny(who, reason), "2m");
    when(DANA).refuses("own_request");
    when(DANA_AGAIN).refuses("own_request");
    when(TOM).refuses("not_entitled", attempted(TOM, "deny", "not_entitled"));
    when(LEO, " ").refuses("reason_missing");
    when(LEO, TOKEN).refuses("text_secret");
  });
});

describe("A Deny that comes upon another end", () => {
  test("is recorded with the lapse that it comes upon", () => {
    given(...declared(), at("5m", escalated(1, "incident-commander")))
      .when(deny(LEO), "30m")
      .records(lapsed, waived, rejectedLate(LEO));
    given(...declared(), at("5m", escalated(1, "incident-commander")))
      .when(deny(LEO, " "), "30m")
      .refuses("reason_missing", lapsed, waived);
  });

  test("is recorded when the gate may no longer be bypassed", () => {
    given(...declared())
      .under(withGate("e2e-suite", { neverBypass: "Since the outage." }))
      .when(deny(LEO), "1m")
      .records(bySystem("policy", { type: "bypass.lapsed", why: "gate_never_bypass" }), waived, rejectedLate(LEO));
  });

  test("is refused while the grant is active: Revoke ends that", () => {
    given(...approvedByLeo())
      .when(deny(MIRA), "2m")
      .refuses("not_requested");
    given(...closedAfterTwo)
      .when(deny(MIRA), "3m")
      .records(rejectedLate(MIRA));
  });
});

describe("A Revoke that comes after the end of the grant", () => {
  test("is recorded after a Close, and after an end by itself, with the expiry that it comes upon", () => {
    given(...closedAfterTwo)
      .when(revoke(MIRA), "3m")
      .records(rejectedLate(MIRA, "revoke", "Too long."));
    given(...approvedByLeo())
      .when(revoke(MIRA), "61m")
      .records(expired, rejectedLate(MIRA, "revoke", "Too long."));
    given(...approvedByLeo())
      .when(revoke(MIRA), "76m", 1)
      .refuses("past_end", expired);
  });

  test("is refused where there was no grant, and after another Revoke", () => {
    given(...withdrawnAfterAMinute)
      .when(revoke(LEO), "2m")
      .refuses("not_active");
    given(...approvedByLeo(), at("2m", revoked(LEO)))
      .when(revoke(MIRA), "3m")
      .refuses("not_active");
  });
});
