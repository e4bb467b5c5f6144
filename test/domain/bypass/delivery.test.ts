import { describe, expect, test } from "vitest";
import { addressPage, recordPage } from "../../support/domain/commands.js";
import {
  activated,
  approvedByLeo,
  at,
  bySystem,
  closed,
  declared,
  denied,
  escalated,
  type Line,
  paged,
  pageFailed,
  pageSent,
  step,
  waived,
} from "../../support/domain/lines.js";
import { DANA, LEO } from "../../support/domain/people.js";
import { withAck, withPath, withPerson } from "../../support/domain/policies.js";
import { given, stateOf } from "../../support/domain/scenario.js";

const posted = { channel: "C0INC", ts: "1773108000.000100" };

describe("A page is addressed", () => {
  test("to the holders of the role, each once, except the requester's person", () => {
    given(...declared())
      .when(addressPage(0, "on-call-lead", ["U0LEO", "U0DANA", "U0MIRA", "U0LEO", "W0DANA2"]), "1s")
      .records(paged(0, "on-call-lead", ["U0LEO", "U0MIRA"]));
  });

  test("not to an account that the policy has since listed under the requester's name", () => {
    const [declaration, review] = declared();
    given({ ...declaration, actor: { kind: "person", user: "U0ZOE", person: "U0ZOE" } }, review)
      .under(withPerson("zoe", ["U0ZOE", "W0ZOE2"]))
      .when(addressPage(0, "on-call-lead", ["W0ZOE2", "U0LEO"]), "1s")
      .records(paged(0, "on-call-lead", ["U0LEO"]));
  });

  test("and recorded as failed when nobody is left to address, so that Proceed Alone does not wait forever", () => {
    const { state } = given(...declared())
      .when(addressPage(0, "on-call-lead", ["U0DANA"]), "1s")
      .records(pageFailed(0, "on-call-lead"));
    expect(state?.steps[0]?.outcome).toBe("failed");
  });

  test("again on a later step, while an ask skips everyone addressed before", () => {
    const asked = [...declared(), at("1s", paged(0, "on-call-lead", ["U0LEO"]))];
    given(...asked)
      .when(addressPage(null, "on-call-engineer", ["U0LEO", "U0ENA"]), "2s")
      .records(paged(null, "on-call-engineer", ["U0ENA"]));
    given(...asked, at("5m", escalated(1, "incident-commander")))
      .when(addressPage(1, "incident-commander", ["U0LEO"]), "5m")
      .records(paged(1, "incident-commander", ["U0LEO"]));
  });

  test("to as many as the path asks at once, in order, and the others are counted", () => {
    given(...declared())
      .under(withPath({ askAtMost: 2 }))
      .when({ ...addressPage(0, "on-call-lead", ["U0LEO", "U0MIRA", "U0ENA"]), others: 40 }, "1s")
      .records(paged(0, "on-call-lead", ["U0LEO", "U0MIRA"], 41));
  });

  test("to everyone on call or listed by name, however few the path asks", () => {
    const users = ["U0LEO", "U0MIRA", "U0ENA"];
    given(...declared())
      .under(withPath({ askAtMost: 2 }))
      .when({ ...addressPage(0, "on-call-lead", users), named: ["U0ENA", "U0LEO", "U0MIRA"] }, "1s")
      .records(paged(0, "on-call-lead", users));
    given(...declared())
      .under(withPath({ askAtMost: 2 }))
      .when({ ...addressPage(0, "on-call-lead", users), named: ["U0ENA"] }, "1s")
      .records(paged(0, "on-call-lead", ["U0LEO", "U0ENA"], 1));
  });

  test("in an ask, to as many as those asked before leave room for", () => {
    const asked = [...declared(), at("1s", paged(0, "on-call-lead", ["U0LEO"]))];
    given(...asked)
      .under(withPath({ askAtMost: 2 }))
      .when(addressPage(null, "on-call-engineer", ["U0ENA", "U0MIRA"]), "2s")
      .records(paged(null, "on-call-engineer", ["U0ENA"], 1));
  });

  test("to nobody once nothing is left to answer", () => {
    given(...declared(), at("1s", denied(LEO)), at("1s", waived))
      .when(addressPage(0, "on-call-lead", ["U0LEO"]), "2s")
      .refuses("nothing_due");
    given(...approvedByLeo())
      .when(addressPage(0, "on-call-lead", ["U0LEO"]), "2m")
      .refuses("nothing_due");
  });

  test("for help, while a bypass without a second person is active", () => {
    const policy = withAck({ needed: 0 });
    const open = [...declared(policy), activated(DANA, "60m", false)];
    given(...open)
      .under(policy)
      .when(addressPage(0, "on-call-lead", ["U0LEO"]), "1s")
      .records(paged(0, "on-call-lead", ["U0LEO"]));
    given(...open, at("1s", closed))
      .under(policy)
      .when(addressPage(0, "on-call-lead", ["U0LEO"]), "2s")
      .refuses("nothing_due");
  });
});

describe("The outcome of a page", () => {
  test("is recorded, sent or failed, even when it comes late", () => {
    given(...declared())
      .when(recordPage({}), "1s")
      .records(pageSent(0, "U0LEO"));
    given(...declared())
      .when(recordPage({ user: null, role: "on-call-lead", failure: "timeout" }), "1s")
      .records(pageFailed(0, "on-call-lead", "timeout"));
    given(...approvedByLeo(), at("10m", closed))
      .when(recordPage({}), "11m")
      .records(pageSent(0, "U0LEO"));
  });

  test("is not recorded when no particular account was reached", () => {
    given(...declared())
      .when(recordPage({ user: null }), "1s")
      .refuses("nothing_due");
  });

  test("marks its step as sent once one page was sent, whatever the others did", () => {
    const failed = bySystem("delivery", {
      type: "page.failed",
      step: 0,
      user: "U0MIRA",
      role: null,
      via: "slack",
      code: "gone",
    });
    const onePage = stateOf(...declared(), failed);
    expect(onePage.steps.map((step) => step.outcome)).toEqual(["failed", "none"]);
    const severalPages = stateOf(...declared(), failed, pageSent(0, "U0LEO"), failed);
    expect(severalPages.steps.map((step) => step.outcome)).toEqual(["sent", "none"]);
    expect(severalPages.pageFailures).toHaveLength(2);
  });

  test("of an ask affects no step", () => {
    const state = stateOf(...declared(), pageSent(null, "U0LEO"));
    expect(state.steps.every((step) => step.outcome === "none")).toBe(true);
  });
});

describe("The alert", () => {
  test("is recorded once, with its channel and timestamp", () => {
    given(...declared())
      .when({ type: "record_alert", posted }, "1s")
      .records(bySystem("delivery", { type: "alert.posted", ...posted }));
    given(...declared(), bySystem("delivery", { type: "alert.posted", ...posted }))
      .when({ type: "record_alert", posted }, "2s")
      .refuses("nothing_due");
  });

  test("that failed is recorded with Slack's error code", () => {
    const failed = bySystem("delivery", { type: "alert.failed", code: "channel_not_found" });
    given(...declared())
      .when({ type: "record_alert_failure", code: "channel_not_found" }, "1s")
      .records(failed);
    given(...declared(), failed)
      .when({ type: "record_alert_failure", code: "other" }, "2s")
      .refuses("nothing_due");
  });
});

describe("An external pager", () => {
  const recordTriggered = { type: "record_notified", action: "trigger", step: 0, via: "pagerduty" } as const;
  const pagerFailed = bySystem("delivery", {
    type: "page.failed",
    step: 0,
    user: null,
    role: "on-call-lead",
    via: "pagerduty",
    code: "http_403",
  });

  test("that was triggered is recorded, even when it comes late", () => {
    given(...declared())
      .when(recordTriggered, "1s")
      .records(step(0));
    given(...approvedByLeo(), at("10m", closed))
      .when({ ...recordTriggered, action: "resolve", step: null }, "11m")
      .records(bySystem("delivery", { type: "pager.notified", action: "resolve", step: null, via: "pagerduty" }));
  });

  test("marks its step as sent once triggered, but not as failed, since direct messages may still arrive", () => {
    const outcomes = (...lines: readonly Line[]) => stateOf(...lines).steps.map(({ outcome }) => outcome);
    expect(outcomes(...declared(), pagerFailed)).toEqual(["none", "none"]);
    expect(outcomes(...declared(), pagerFailed, step(0))).toEqual(["sent", "none"]);
    const over = bySystem("delivery", { type: "pager.notified", action: "resolve", step: null, via: "pagerduty" });
    expect(outcomes(...declared(), over)).toEqual(["none", "none"]);
  });

  test("that failed is no failure any more once triggered for the same step; other failures stay", () => {
    const slack = pageFailed(0, "on-call-lead");
    const before = stateOf(...declared(), slack, pagerFailed);
    expect(before.pageFailures.map(({ via }) => via)).toEqual(["slack", "pagerduty"]);
    const codes = (...lines: readonly Line[]) => stateOf(...lines).pageFailures.map(({ via }) => via);
    expect(codes(...declared(), slack, pagerFailed, step(0))).toEqual(["slack"]);
    expect(codes(...declared(), slack, pagerFailed, step(1))).toEqual(["slack", "pagerduty"]);
    expect(codes(...declared(), slack, pagerFailed, step(0, "splunk-oncall"))).toEqual(["slack", "pagerduty"]);
  });
});
