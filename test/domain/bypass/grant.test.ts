import { describe, expect, test } from "vitest";
import { approve, close, deny, endBySystem, log, redact, revoke } from "../../support/domain/commands.js";
import {
  activated,
  approvedByLeo,
  at,
  attempted,
  by,
  bySystem,
  closed,
  declared,
  denied,
  escalated,
  expired,
  lapsed,
  revoked,
  waived,
} from "../../support/domain/lines.js";
import { as, DANA, DANA_AGAIN, ENA, IVO, LEO, MIRA, NOOR, TOM, unverifiable } from "../../support/domain/people.js";
import { withAck } from "../../support/domain/policies.js";
import { given } from "../../support/domain/scenario.js";
import { TOKEN } from "../../support/secrets.js";

describe("A Close", () => {
  test("by the requester ends the grant early", () => {
    const { state } = given(...approvedByLeo())
      .when(close(), "10m")
      .records(closed);
    expect(state).toMatchObject({ status: "closed", review: { status: "open" } });
  });

  test("is refused from anyone else, including approvers", () => {
    given(...approvedByLeo())
      .when(close(LEO), "10m")
      .refuses("not_requester", attempted(LEO, "close", "not_requester"));
    given(...approvedByLeo())
      .when(close(unverifiable(DANA)), "10m")
      .refuses("unverifiable");
  });

  test("is refused before the grant begins and after it has ended", () => {
    given(...declared())
      .when(close(), "1m")
      .refuses("not_active");
    given(...approvedByLeo(), at("10m", closed))
      .when(close(), "11m")
      .refuses("not_active");
  });
});

describe("A Revoke", () => {
  test("by anyone who may approve ends the grant, with a reason", () => {
    given(...approvedByLeo())
      .when(revoke(MIRA, "The fix is out. "), "10m")
      .records(revoked(MIRA, "The fix is out."));
  });

  test("may come from a role that the escalation has paged", () => {
    given(...declared(), at("1m", escalated(1, "incident-commander")), ...approvedByLeo().slice(2))
      .when(revoke(IVO), "10m")
      .records(revoked(IVO));
    given(...approvedByLeo())
      .when(revoke(IVO), "10m")
      .refuses("not_entitled", attempted(IVO, "revoke", "not_entitled"));
  });

  test("is refused from the requester's person, who may close instead", () => {
    given(...approvedByLeo())
      .when(revoke(DANA), "10m")
      .refuses("own_request");
    given(...approvedByLeo())
      .when(revoke(DANA_AGAIN), "10m")
      .refuses("own_request");
  });

  test("is refused without a reason that can be recorded", () => {
    given(...approvedByLeo())
      .when(revoke(MIRA, ""), "10m")
      .refuses("reason_missing");
    given(...approvedByLeo())
      .when(revoke(MIRA, TOKEN), "10m")
      .refuses("text_secret");
  });

  test("is refused before the grant begins", () => {
    given(...declared())
      .when(revoke(LEO), "1m")
      .refuses("not_active");
  });
});

describe("The system ends a grant", () => {
  test.each([
    ["requester_deactivated", "directory"],
    ["gate_never_bypass", "policy"],
  ] as const)("because of %s, and the trail says so", (why, part) => {
    given(...approvedByLeo())
      .when(endBySystem(why), "10m")
      .records(bySystem(part, { type: "bypass.revoked", why, roleAsOf: null }));
  });

  test("and is refused when there is none", () => {
    given(...approvedByLeo(), at("10m", closed))
      .when(endBySystem("gate_never_bypass"), "11m")
      .refuses("not_active");
  });
});

describe("At the end of a grant", () => {
  test("the requester can still close it in the last millisecond", () => {
    given(...approvedByLeo())
      .when(close(), "60m", 59_999)
      .records(closed);
  });

  test("the first command records the expiry and is refused as too late", () => {
    given(...approvedByLeo())
      .when(close(), "61m")
      .refuses("past_end", expired);
    given(...approvedByLeo())
      .when(endBySystem("requester_deactivated"), "61m")
      .refuses("past_end", expired);
  });

  test("the expiry is recorded before any other command, accepted or refused", () => {
    given(...approvedByLeo())
      .when(approve(NOOR), "61m")
      .refuses("not_requested", expired);
    given(...approvedByLeo())
      .when(deny(TOM), "61m")
      .refuses("not_entitled", expired, attempted(TOM, "deny", "not_entitled"));
    given(...approvedByLeo())
      .when(log(DANA, "Restarted it."), "2h")
      .records(expired, by(DANA, { type: "bypass.logged", via: "command" }, { line: "Restarted it." }));
  });

  test("an expiry is not recorded twice", () => {
    given(...approvedByLeo(), at("61m", expired))
      .when(close(), "2h")
      .refuses("not_active");
  });
});

describe("A log line", () => {
  const line = (via: "command" | "thread" = "command") => ({ type: "bypass.logged", via }) as const;

  test("may come from the requester, from those who may approve and from those who may declare", () => {
    for (const who of [DANA, DANA_AGAIN, LEO, ENA]) {
      given(...approvedByLeo())
        .when(log(who, " Rolled back.\r\nWatching. ", "thread"), "10m")
        .records(by(who, line("thread"), { line: "Rolled back.\nWatching." }));
    }
  });

  test("is accepted while the request waits, and after the grant while the review is open", () => {
    given(...declared())
      .when(log(DANA, "Waiting."), "1m")
      .records(by(DANA, line(), { line: "Waiting." }));
    given(...approvedByLeo(), at("10m", closed))
      .when(log(DANA, "Done."), "3h")
      .records(by(DANA, line(), { line: "Done." }));
  });

  test("is refused once the review was waived", () => {
    given(...declared(), at("1m", denied(LEO)), at("1m", waived))
      .when(log(DANA, "But why?"), "2m")
      .refuses("not_active");
    given(...declared(), at("30m", lapsed), at("30m", waived))
      .when(log(DANA, "But why?"), "31m")
      .refuses("not_active");
  });

  test("is refused from anyone else", () => {
    given(...approvedByLeo())
      .when(log(TOM, "Hello."), "10m")
      .refuses("not_entitled", attempted(TOM, "log", "not_entitled"));
    given(...approvedByLeo())
      .when(log(as(LEO, "foreign"), "Hello."), "10m")
      .refuses("foreign", attempted(LEO, "log", "foreign"));
  });

  test("is refused when it is empty or holds a secret", () => {
    given(...approvedByLeo())
      .when(log(DANA, "\u200b "), "10m")
      .refuses("reason_missing");
    given(...approvedByLeo())
      .when(log(DANA, "Bearer abcDEF123456ghiJKL7890"), "10m")
      .refuses("text_secret");
  });
});

describe("A redaction", () => {
  const event = { type: "text.redacted", provenOrigins: [], seq: 12, field: "reason" } as const;

  test("records who removed which text and why", () => {
    given(...approvedByLeo())
      .when(redact(LEO), "10m")
      .records(by(LEO, event, { reason: "It names a customer." }));
    given(...declared(), at("1m", denied(LEO)), at("1m", waived))
      .when(redact(MIRA), "10m")
      .records(by(MIRA, event, { reason: "It names a customer." }));
  });

  test("needs a reason that does not hold the secret again", () => {
    given(...approvedByLeo())
      .when(redact(LEO, ""), "10m")
      .refuses("reason_missing");
    given(...approvedByLeo())
      .when(redact(LEO, TOKEN), "10m")
      .refuses("text_secret");
  });

  test("is refused from an account that is not a member", () => {
    given(...approvedByLeo())
      .when(redact(as(LEO, "bot")), "10m")
      .refuses("bot", attempted(LEO, "redact", "bot"));
  });
});

test("A bypass that needed no second person is closed and revoked like any other", () => {
  const policy = withAck({ needed: 0 });
  const open = [...declared(policy), activated(DANA, "60m", false)];
  given(...open)
    .under(policy)
    .when(close(), "1m")
    .records(closed);
  given(...open)
    .under(policy)
    .when(revoke(LEO), "1m")
    .records(revoked(LEO));
});
