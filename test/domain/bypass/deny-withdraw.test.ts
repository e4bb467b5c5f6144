import { describe, expect, test } from "vitest";
import { deny, endBySystem, withdraw } from "../../support/domain/commands.js";
import {
  acked,
  approvedByLeo,
  at,
  attempted,
  bySystem,
  declared,
  denied,
  escalated,
  lapsed,
  waived,
  withdrawn,
} from "../../support/domain/lines.js";
import { as, DANA, DANA_AGAIN, ENA, IVO, LEO, MIRA, TOM, unverifiable } from "../../support/domain/people.js";
import { withAck } from "../../support/domain/policies.js";
import { given } from "../../support/domain/scenario.js";
import { TOKEN } from "../../support/secrets.js";

describe("A Deny", () => {
  test("settles the request with its reason, and waives the review", () => {
    given(...declared())
      .when(deny(LEO, "  Use the smoke tests. "), "1m")
      .records(denied(LEO, "Use the smoke tests."), waived);
  });

  test("by one person outweighs the approvals given before", () => {
    given(...declared(withAck({ needed: 2 })), at("1m", acked(LEO, 1, 2)))
      .when(deny(MIRA), "2m")
      .records(denied(MIRA), waived);
  });

  test("may come from somebody who approved before", () => {
    given(...declared(withAck({ needed: 2 })), at("1m", acked(LEO, 1, 2)))
      .when(deny(LEO), "2m")
      .records(denied(LEO), waived);
  });

  test("may come from a role that the escalation pages, only once it is paged", () => {
    given(...declared())
      .when(deny(IVO), "4m")
      .refuses("not_entitled", attempted(IVO, "deny", "not_entitled"));
    given(...declared(), at("5m", escalated(1, "incident-commander")))
      .when(deny(IVO), "6m")
      .records(denied(IVO), waived);
  });

  test("is refused from the requester's person, who may withdraw instead", () => {
    given(...declared())
      .when(deny(DANA), "1m")
      .refuses("own_request");
    given(...declared())
      .when(deny(DANA_AGAIN), "1m")
      .refuses("own_request");
  });

  test("is refused from a person who may not approve", () => {
    given(...declared())
      .when(deny(TOM), "1m")
      .refuses("not_entitled", attempted(TOM, "deny", "not_entitled"));
    given(...declared())
      .when(deny(as(LEO, "guest")), "1m")
      .refuses("guest", attempted(LEO, "deny", "guest"));
    given(...declared())
      .when(deny(unverifiable(LEO)), "1m")
      .refuses("unverifiable");
  });

  test("is refused without a reason that can be recorded", () => {
    given(...declared())
      .when(deny(LEO, " \n"), "1m")
      .refuses("reason_missing");
    given(...declared())
      .when(deny(LEO, TOKEN), "1m")
      .refuses("text_secret");
    given(...declared())
      .when(deny(LEO, "x".repeat(3001)), "1m")
      .refuses("text_invalid");
    given(...declared())
      .when(deny(LEO, "half \ud83d"), "1m")
      .refuses("text_invalid");
  });

  test("is refused once the request was approved, or has lapsed for too long", () => {
    given(...declared(), at("30m", lapsed), at("30m", waived))
      .when(deny(LEO), "46m")
      .refuses("not_requested");
    given(...approvedByLeo())
      .when(deny(MIRA), "2m")
      .refuses("not_requested");
  });
});

describe("A Withdraw", () => {
  test("by the requester settles the request, through any of their accounts", () => {
    given(...declared())
      .when(withdraw(), "1m")
      .records(withdrawn, waived);
    given(...declared())
      .when(withdraw(DANA_AGAIN), "1m")
      .records({ ...withdrawn, actor: { kind: "person", user: "W0DANA2", person: "dana" } }, waived);
  });

  test("is refused from anyone else", () => {
    for (const who of [LEO, ENA]) {
      given(...declared())
        .when(withdraw(who), "1m")
        .refuses("not_requester", attempted(who, "withdraw", "not_requester"));
    }
  });

  test("is refused from a requester who was deactivated", () => {
    given(...declared())
      .when(withdraw(as(DANA, "deactivated")), "1m")
      .refuses("deactivated", attempted(DANA, "withdraw", "deactivated"));
  });

  test("is refused once the request was settled", () => {
    given(...approvedByLeo())
      .when(withdraw(), "2m")
      .refuses("not_requested");
  });
});

describe("The system ends a request", () => {
  test.each([
    ["requester_deactivated", "directory"],
    ["gate_never_bypass", "policy"],
  ] as const)("because of %s, and the trail says so", (why, part) => {
    const { state } = given(...declared())
      .when(endBySystem(why), "1m")
      .records(bySystem(part, { type: "bypass.lapsed", why }), waived);
    expect(state).toMatchObject({ status: "lapsed", why, review: { status: "waived" } });
  });
});
