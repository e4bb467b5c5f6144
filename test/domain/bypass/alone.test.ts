import { describe, expect, test } from "vitest";
import { since } from "../../support/domain/clock.js";
import { proceedAlone } from "../../support/domain/commands.js";
import {
  acked,
  activated,
  at,
  attempted,
  by,
  declared,
  denied,
  escalated,
  type Line,
  lapsed,
  paged,
  pageFailed,
  pageSent,
  waived,
} from "../../support/domain/lines.js";
import { as, DANA, DANA_AGAIN, LEO, member } from "../../support/domain/people.js";
import { withAck, withGate } from "../../support/domain/policies.js";
import { given } from "../../support/domain/scenario.js";

const allowed = withAck({ aloneAfterSeconds: 10 * 60 });
const alone = (who = DANA): Line => by(who, { type: "bypass.proceeded_alone" });

/** Both steps were raised: the lead at the declaration, the commander after five minutes. */
const paging: readonly Line[] = [
  ...declared(allowed),
  at("1s", paged(0, "on-call-lead", ["U0LEO"])),
  at("2s", pageSent(0, "U0LEO")),
  at("5m", escalated(1, "incident-commander")),
];
const fullyEscalated: readonly Line[] = [...paging, at("6m", pageSent(1, "U0IVO"))];

describe("Proceed Alone", () => {
  test("activates the bypass unapproved, once alone_after has passed and every due step was paged", () => {
    const { state } = given(...fullyEscalated)
      .under(allowed)
      .when(proceedAlone(), "10m")
      .records(alone(), activated(DANA, "70m", false));
    expect(state).toMatchObject({ status: "active", grant: { approved: false }, review: { status: "open" } });
  });

  test("is possible after a page failed, once the failure is recorded", () => {
    given(...paging, at("6m", pageFailed(1, "incident-commander")))
      .under(allowed)
      .when(proceedAlone({ typed: " BREAK GLASS " }), "10m")
      .records(alone(), activated(DANA, "70m", false));
  });

  test("counts as unapproved even if some of the needed approvals were given", () => {
    const two = withAck({ needed: 2, aloneAfterSeconds: 10 * 60, escalate: [] });
    given(...declared(two), at("1s", pageSent(0, "U0LEO")), at("2m", acked(LEO, 1, 2)))
      .under(two)
      .when(proceedAlone(), "10m")
      .records(alone(), activated(DANA, "70m", false));
  });

  test("is possible through another account of the requester", () => {
    given(...fullyEscalated)
      .under(allowed)
      .when(proceedAlone({ by: DANA_AGAIN }), "10m")
      .records(alone(DANA_AGAIN), activated(DANA_AGAIN, "70m", false));
  });

  test("is refused where the path never allows it", () => {
    given(...declared(), at("1s", pageSent(0, "U0LEO")))
      .when(proceedAlone(), "20m")
      .refuses("alone_never");
  });

  test("is refused before alone_after, and the refusal names the time", () => {
    const refusal = given(...fullyEscalated)
      .under(allowed)
      .when(proceedAlone(), "9m", 59_999)
      .refuses("alone_too_early");
    expect(refusal.at).toBe(since("10m"));
  });

  test("is refused while a due step was neither paged nor recorded as failed", () => {
    given(...paging)
      .under(allowed)
      .when(proceedAlone(), "10m")
      .refuses("alone_escalation_open");
    given(...declared(allowed), at("2s", pageSent(0, "U0LEO")))
      .under(allowed)
      .when(proceedAlone(), "10m")
      .refuses("alone_escalation_open");
  });

  test("is refused within 24 h of a Deny of the same gate and target, and the attempt is recorded", () => {
    const lastRejectedAt = "2026-03-09T03:00:00.000Z";
    const refusal = given(...fullyEscalated)
      .under(allowed)
      .when(proceedAlone({ lastRejectedAt }), "10m")
      .refuses("alone_after_rejection", attempted(DANA, "proceed_alone", "alone_after_rejection"));
    expect(refusal.at).toBe("2026-03-10T03:00:00.000Z");
  });

  test("is possible again 24 h after the Deny", () => {
    const lastRejectedAt = "2026-03-09T02:10:00.000Z";
    given(...fullyEscalated)
      .under(allowed)
      .when(proceedAlone({ lastRejectedAt }), "10m")
      .records(alone(), activated(DANA, "70m", false));
    given(...fullyEscalated)
      .under(allowed)
      .when(proceedAlone({ lastRejectedAt: "2026-03-09T02:10:00.001Z" }), "10m")
      .refuses("alone_after_rejection", attempted(DANA, "proceed_alone", "alone_after_rejection"));
  });

  test.each(["break glass", "BREAK  GLASS", "BREAK GLAS", ""])("is refused when %j was typed", (typed) => {
    given(...fullyEscalated)
      .under(allowed)
      .when(proceedAlone({ typed }), "10m")
      .refuses("typed_wrong");
  });

  test("is refused from anyone but the requester", () => {
    given(...fullyEscalated)
      .under(allowed)
      .when(proceedAlone({ by: LEO }), "10m")
      .refuses("not_requester", attempted(LEO, "proceed_alone", "not_requester"));
  });

  test("is refused from a requester who may no longer declare on that path", () => {
    const demoted = member("U0DANA", ["on-call-lead"], "dana");
    given(...fullyEscalated)
      .under(allowed)
      .when(proceedAlone({ by: demoted }), "10m")
      .refuses("not_entitled", attempted(DANA, "proceed_alone", "not_entitled"));
    given(...fullyEscalated)
      .under(allowed)
      .when(proceedAlone({ by: as(DANA, "deactivated") }), "10m")
      .refuses("deactivated", attempted(DANA, "proceed_alone", "deactivated"));
  });

  test("is refused once the request was denied or has lapsed, or its gate may no longer be bypassed", () => {
    given(...fullyEscalated, at("7m", denied(LEO)), at("7m", waived))
      .under(allowed)
      .when(proceedAlone(), "10m")
      .refuses("not_requested");
    given(...fullyEscalated)
      .under(allowed)
      .when(proceedAlone(), "30m")
      .refuses("gave_up", lapsed, waived);
    const forbidden = withGate("e2e-suite", { neverBypass: "Since the outage." }, allowed);
    const { decision } = given(...fullyEscalated)
      .under(forbidden)
      .when(proceedAlone(), "10m");
    expect(decision).toMatchObject({ ok: false, refusal: { code: "gate_never_bypass" } });
  });
});
