import { describe, expect, test } from "vitest";
import { messageKey } from "../../../src/domain/bypass/effects.js";
import { effectsOf } from "../../../src/domain/bypass/effects-of.js";
import { fold } from "../../../src/domain/bypass/evolve.js";
import type { BypassEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import type { ReviewEvent } from "../../../src/domain/events/catalogue/review.js";
import {
  acked,
  activated,
  approvedByLeo,
  attempted,
  by,
  bySystem,
  closed,
  declared,
  denied,
  escalated,
  expired,
  type Line,
  lapsed,
  paged,
  pageFailed,
  pageSent,
  rejectedLate,
  reminded,
  revoked,
  waived,
  warned,
  withdrawn,
} from "../../support/domain/lines.js";
import { DANA, LEO, MIRA, TOM } from "../../support/domain/people.js";
import { withAck, withPath } from "../../support/domain/policies.js";
import { numbered } from "../../support/domain/scenario.js";
import { effects } from "../../support/domain/told.js";

/** Entry 3 asked Leo, entry 4 reminded: two messages with buttons, besides the alert and the requester's own. */
const asked = [...declared(), paged(0, "on-call-lead", ["U0LEO"]), reminded(1)];
/** Updates of these messages, with what else the channel and the requester get: the channel first, Leo last. */
const buttons = (version: number, inChannel: readonly string[] = [], toRequester: readonly string[] = []) => [
  `update alert ${version}`,
  `update thread:reminder:4 ${version}`,
  ...inChannel,
  `update dm:U0DANA:pending:1 ${version}`,
  ...toRequester,
  `update dm:U0LEO:ask:3 ${version}`,
];
const redacted = by(LEO, { type: "text.redacted", provenOrigins: [], seq: 12, field: "reason" });
const logged = (via: "command" | "thread") => by(DANA, { type: "bypass.logged", via });
const alertFailed = bySystem("delivery", { type: "alert.failed", code: "is_archived" });
const posted = bySystem("delivery", { type: "alert.posted", channel: "C0INC", ts: "1.2" });
const lost = bySystem("delivery", { type: "alert.lost", channel: "C0INC", ts: "1.2" });
const blocked = bySystem("policy", { type: "ack.blocked", policyHash: "h2", roles: ["on-call-lead"] });
const unblocked = bySystem("policy", { type: "ack.unblocked", policyHash: "h1" });
const aloneLine = by(DANA, { type: "bypass.proceeded_alone" });
const oneFailed = bySystem("delivery", {
  type: "page.failed",
  step: 0,
  user: "U0LEO",
  role: null,
  via: "slack",
  code: "x",
});

const TABLE: Record<
  Exclude<BypassEvent["type"], ReviewEvent["type"]>,
  { history: readonly Line[]; added: Line; expected: readonly string[] }
> = {
  "pager.notified": {
    history: asked,
    added: bySystem("delivery", { type: "pager.notified", action: "trigger", step: 0, via: "pagerduty" }),
    expected: [],
  },
  "bypass.declared": {
    history: [],
    added: declared()[0],
    expected: ["alert", "page on-call-lead 0", "dm U0DANA pending 1"],
  },
  "review.opened": { history: declared().slice(0, 1), added: declared()[1], expected: [] },
  "review.waived": { history: [...asked, denied(LEO)], added: waived, expected: [] },
  "alert.posted": { history: declared(), added: posted, expected: [] },
  "alert.failed": {
    history: declared(),
    added: alertFailed,
    expected: ["update alert 3", "dm U0DANA alert-failed 3", "update dm:U0DANA:pending:1 3"],
  },
  "alert.lost": { history: [...declared(), posted], added: lost, expected: ["alert again 4"] },
  "ack.blocked": {
    history: asked,
    added: blocked,
    expected: [
      "thread blocked 5",
      ...buttons(5).toSpliced(2, 0, "update thread:blocked:5 5", "dm U0DANA blocked 5", "update dm:U0DANA:blocked:5 5"),
    ],
  },
  "ack.unblocked": {
    history: [...asked, blocked],
    added: unblocked,
    expected: [
      "update thread:blocked:5 6",
      "thread unblocked 6",
      ...buttons(6).toSpliced(2, 0, "update dm:U0DANA:blocked:5 6"),
    ],
  },
  "page.addressed": {
    history: declared(),
    added: paged(0, "on-call-lead", ["U0LEO", "U0MIRA"]),
    expected: ["dm U0LEO ask 3 step 0", "dm U0MIRA ask 3 step 0"],
  },
  "page.sent": { history: asked, added: pageSent(0, "U0LEO"), expected: [] },
  "page.failed": { history: asked, added: oneFailed, expected: ["update alert 5"] },
  "ack.reminded": { history: asked, added: reminded(2), expected: ["thread reminder 5"] },
  "ack.escalated": {
    history: asked,
    added: escalated(1, "incident-commander"),
    expected: ["page incident-commander 1", "thread escalated 5", "update alert 5"],
  },
  "ack.given": { history: asked, added: acked(LEO, 1, 2), expected: ["thread partial 5", ...buttons(5)] },
  "bypass.proceeded_alone": { history: asked, added: aloneLine, expected: [] },
  "bypass.activated": {
    history: asked,
    added: activated(LEO, "1h"),
    expected: [...buttons(5, ["thread settled 5 broadcast"], ["dm U0DANA outcome 5"]), "readings"],
  },
  "bypass.denied": {
    history: asked,
    added: denied(LEO),
    expected: buttons(5, ["thread settled 5"], ["dm U0DANA outcome 5"]),
  },
  "bypass.rejected_late": {
    history: [...asked, withdrawn, waived],
    added: rejectedLate(LEO),
    expected: ["update alert 7", "thread rejected-late 7"],
  },
  "bypass.withdrawn": { history: asked, added: withdrawn, expected: buttons(5, ["thread settled 5"]) },
  "bypass.lapsed": {
    history: asked,
    added: lapsed,
    expected: buttons(5, ["thread settled 5"], ["dm U0DANA outcome 5"]),
  },
  "grant.warned": {
    history: approvedByLeo(),
    added: warned,
    expected: ["update alert 5", "thread warning 5", "dm U0DANA warning 5"],
  },
  "bypass.expired": {
    history: approvedByLeo(),
    added: expired,
    expected: [
      "update alert 5",
      "thread ended 5",
      "update dm:U0DANA:outcome:4 5",
      "update dm:U0DANA:pending:1 5",
      "dm U0DANA ended 5",
    ],
  },
  "bypass.closed": {
    history: approvedByLeo(),
    added: closed,
    expected: ["update alert 5", "thread ended 5", "update dm:U0DANA:outcome:4 5", "update dm:U0DANA:pending:1 5"],
  },
  "bypass.revoked": {
    history: approvedByLeo(),
    added: revoked(MIRA),
    expected: [
      "update alert 5",
      "thread ended 5",
      "update dm:U0DANA:outcome:4 5",
      "update dm:U0DANA:pending:1 5",
      "dm U0DANA ended 5",
    ],
  },
  "bypass.logged": { history: asked, added: logged("command"), expected: ["thread logged 5"] },
  "attempt.refused": { history: asked, added: attempted(TOM, "approve", "not_entitled"), expected: [] },
  "text.redacted": { history: asked, added: redacted, expected: ["rerender 5"] },
};

describe("The effects of", () => {
  test.each(Object.entries(TABLE))("%s", (type, { history, added, expected }) => {
    expect(added.event.type).toBe(type);
    expect(effects(history, added)).toEqual(expected);
  });

  test("an alert posted after it had failed update the messages that reported the failure", () => {
    const withFailedAlert = [...asked, alertFailed];
    expect(effects(withFailedAlert, posted)).toEqual(buttons(6));
    expect(effects(asked, posted)).toEqual([]);
  });

  test("a declaration that pages nobody ask the roles that may approve", () => {
    const quiet = withPath({ page: null, whoCanAck: ["on-call-lead", "incident-commander"] });
    expect(effects([], ...declared(quiet))).toEqual([
      "alert",
      "ask on-call-lead -",
      "ask incident-commander -",
      "dm U0DANA pending 1",
    ]);
  });

  test("a declaration page one role and ask another that may approve", () => {
    const both = withPath({ page: "on-call-lead", whoCanAck: ["incident-commander", "on-call-lead"] });
    expect(effects([], ...declared(both))).toEqual([
      "alert",
      "page on-call-lead 0",
      "ask incident-commander -",
      "dm U0DANA pending 1",
    ]);
  });

  test("a declaration on a path that requires no second person page for help and ask nobody", () => {
    const policy = withAck({ needed: 0 });
    expect(effects([], ...declared(policy), activated(DANA, "1h", false))).toEqual([
      "alert",
      "page on-call-lead 0",
      "update alert 3",
      "thread settled 3 broadcast",
      "dm U0DANA outcome 3",
      "readings",
    ]);
  });

  test("Proceed Alone are a broadcast with its own text", () => {
    expect(effects(asked, aloneLine, activated(DANA, "1h", false))).toEqual([
      ...buttons(6, ["thread alone 6 broadcast"], ["dm U0DANA outcome 6"]),
      "readings",
    ]);
  });

  test("the last approval announce the settlement, not one more partial approval", () => {
    expect(effects(asked, acked(LEO), activated(LEO, "1h"))).toEqual([
      ...buttons(6, ["thread settled 6 broadcast"], ["dm U0DANA outcome 6"]),
      "readings",
    ]);
  });

  test("a role that could not be reached are a reply in the thread, while somebody still waits for it", () => {
    expect(effects(asked, pageFailed(0, "on-call-lead"))).toEqual(["update alert 5", "thread page-failed 5"]);
    expect(effects([...asked, denied(LEO), waived], pageFailed(0, "on-call-lead"))).toEqual(["update alert 7"]);
    expect(effects(approvedByLeo(), pageFailed(0, "on-call-lead"))).toEqual(["update alert 5"]);
    const helping = [...declared(withAck({ needed: 0 })), activated(DANA, "1h", false)];
    expect(effects(helping, pageFailed(0, "on-call-lead"))).toEqual(["update alert 4", "thread page-failed 4"]);
  });

  test("an end update each direct message that asked for approval, so that none still calls the bypass active", () => {
    expect(effects([...asked, acked(LEO), activated(LEO, "1h")], closed)).toEqual([
      "update alert 7",
      "thread ended 7",
      "update dm:U0DANA:outcome:6 7",
      "update dm:U0DANA:pending:1 7",
      "update dm:U0LEO:ask:3 7",
    ]);
  });

  test("a page that leaves holders of the role to the mention update the messages that say so", () => {
    const some = paged(0, "on-call-lead", ["U0LEO"], 1180);
    expect(effects(declared(), some)).toEqual([
      "update alert 3",
      "update dm:U0DANA:pending:1 3",
      "dm U0LEO ask 3 step 0",
    ]);
  });

  test("a log line written in the thread are none, because it is there already", () => {
    expect(effects(asked, logged("thread"))).toEqual([]);
  });
});

describe("Effects", () => {
  test("are deduplicated: two updates of one message in one commit become one, of the newest version", () => {
    const both = effects(asked, escalated(1, "incident-commander"), denied(LEO), waived);
    expect(both.filter((line) => line.startsWith("update alert"))).toEqual(["update alert 6"]);
    expect(new Set(both).size).toBe(both.length);
  });

  test("that post a message have the key that its updates use", () => {
    const keys = effectsOf(null, numbered([...asked, pageFailed(0, "on-call-lead")])).flatMap((effect) =>
      effect.kind === "alert.post" || effect.kind === "thread.post" || effect.kind === "dm.post"
        ? [messageKey(effect)]
        : [],
    );
    const updates = effectsOf(fold(numbered(asked)), numbered([denied(LEO)], 5)).flatMap((effect) =>
      effect.kind === "message.update" ? [effect.message] : [],
    );
    expect(keys).toEqual(expect.arrayContaining(updates));
  });

  test("carry no free text, so that the outbox has nothing to redact", () => {
    const all = Object.values(TABLE).flatMap(({ history, added }) =>
      effectsOf(fold(numbered(history)), numbered([added], history.length + 1)),
    );
    expect(JSON.stringify(all)).not.toMatch(/Not now|Too long|names a customer/);
  });
});
