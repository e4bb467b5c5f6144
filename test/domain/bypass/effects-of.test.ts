import { describe, expect, test } from "vitest";
import { laneOf, messageKey } from "../../../src/domain/bypass/effects.js";
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
  reminded,
  revoked,
  waived,
  warned,
  withdrawn,
} from "../../support/domain/lines.js";
import { DANA, LEO, MIRA, TOM } from "../../support/domain/people.js";
import { withAck, withPath } from "../../support/domain/policies.js";
import { numbered } from "../../support/domain/scenario.js";
import { effects, told } from "../../support/domain/told.js";

/** Version 3 asked Leo, 4 reminded: two messages with buttons, beside the alert and the requester's own. */
const asked = [...declared(), paged(0, "on-call-lead", ["U0LEO"]), reminded(1)];
const buttons = (version: number) => [
  `update alert ${version}`,
  `update thread:reminder:4 ${version}`,
  `update dm:U0LEO:ask:3 ${version}`,
  `update dm:U0DANA:pending:1 ${version}`,
];
const redacted = by(LEO, { type: "text.redacted", seq: 12, field: "reason" });
const logged = (via: "command" | "thread") => by(DANA, { type: "bypass.logged", via });
const alertFailed = bySystem("delivery", { type: "alert.failed", code: "is_archived" });
const posted = bySystem("delivery", { type: "alert.posted", channel: "C0INC", ts: "1.2" });
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
  { history: readonly Line[]; fresh: Line; told: readonly string[] }
> = {
  "pager.notified": {
    history: asked,
    fresh: bySystem("delivery", { type: "pager.notified", action: "trigger", step: 0, via: "pagerduty" }),
    told: [],
  },
  "bypass.declared": {
    history: [],
    fresh: declared()[0],
    told: ["alert", "dm U0DANA pending 1", "page on-call-lead 0"],
  },
  "review.opened": { history: declared().slice(0, 1), fresh: declared()[1], told: [] },
  "review.waived": { history: [...asked, denied(LEO)], fresh: waived, told: [] },
  "alert.posted": { history: declared(), fresh: posted, told: [] },
  "alert.failed": {
    history: declared(),
    fresh: alertFailed,
    told: ["dm U0DANA alert-failed 3", "update alert 3", "update dm:U0DANA:pending:1 3"],
  },
  "page.addressed": {
    history: declared(),
    fresh: paged(0, "on-call-lead", ["U0LEO", "U0MIRA"]),
    told: ["dm U0LEO ask 3 step 0", "dm U0MIRA ask 3 step 0"],
  },
  "page.sent": { history: asked, fresh: pageSent(0, "U0LEO"), told: [] },
  "page.failed": { history: asked, fresh: oneFailed, told: ["update alert 5"] },
  "ack.reminded": { history: asked, fresh: reminded(2), told: ["thread reminder 5"] },
  "ack.escalated": {
    history: asked,
    fresh: escalated(1, "incident-commander"),
    told: ["page incident-commander 1", "thread escalated 5", "update alert 5"],
  },
  "ack.given": { history: asked, fresh: acked(LEO, 1, 2), told: ["thread partial 5", ...buttons(5)] },
  "bypass.proceeded_alone": { history: asked, fresh: aloneLine, told: [] },
  "bypass.activated": {
    history: asked,
    fresh: activated(LEO, "1h"),
    told: [...buttons(5), "thread settled 5 broadcast", "dm U0DANA outcome 5", "readings"],
  },
  "bypass.denied": {
    history: asked,
    fresh: denied(LEO),
    told: [...buttons(5), "thread settled 5", "dm U0DANA outcome 5"],
  },
  "bypass.withdrawn": { history: asked, fresh: withdrawn, told: [...buttons(5), "thread settled 5"] },
  "bypass.lapsed": { history: asked, fresh: lapsed, told: [...buttons(5), "thread settled 5", "dm U0DANA outcome 5"] },
  "grant.warned": {
    history: approvedByLeo(),
    fresh: warned,
    told: ["update alert 5", "thread warning 5", "dm U0DANA warning 5"],
  },
  "bypass.expired": {
    history: approvedByLeo(),
    fresh: expired,
    told: [
      "update alert 5",
      "update dm:U0DANA:outcome:4 5",
      "update dm:U0DANA:pending:1 5",
      "thread ended 5",
      "dm U0DANA ended 5",
    ],
  },
  "bypass.closed": {
    history: approvedByLeo(),
    fresh: closed,
    told: ["update alert 5", "update dm:U0DANA:outcome:4 5", "update dm:U0DANA:pending:1 5", "thread ended 5"],
  },
  "bypass.revoked": {
    history: approvedByLeo(),
    fresh: revoked(MIRA),
    told: [
      "update alert 5",
      "update dm:U0DANA:outcome:4 5",
      "update dm:U0DANA:pending:1 5",
      "thread ended 5",
      "dm U0DANA ended 5",
    ],
  },
  "bypass.logged": { history: asked, fresh: logged("command"), told: ["thread logged 5"] },
  "attempt.refused": { history: asked, fresh: attempted(TOM, "approve", "not_entitled"), told: [] },
  "text.redacted": { history: asked, fresh: redacted, told: ["redraw 5"] },
};

describe("The world is told of", () => {
  test.each(Object.entries(TABLE))("%s", (type, { history, fresh, told: expected }) => {
    expect(fresh.event.type).toBe(type);
    expect(effects(history, fresh)).toEqual(expected);
  });

  test("an alert that gets through after it had failed: whoever read of the failure reads of that too", () => {
    const unheard = [...asked, alertFailed];
    expect(effects(unheard, posted)).toEqual(buttons(6));
    expect(effects(asked, posted)).toEqual([]);
  });

  test("a declaration that nobody is paged for: whoever may ack is asked", () => {
    const quiet = withPath({ page: null, whoCanAck: ["on-call-lead", "incident-commander"] });
    expect(effects([], ...declared(quiet))).toEqual([
      "alert",
      "dm U0DANA pending 1",
      "ask on-call-lead -",
      "ask incident-commander -",
    ]);
  });

  test("a declaration on a path that pages one role and may be acked by another: the one is paged, the other asked", () => {
    const both = withPath({ page: "on-call-lead", whoCanAck: ["incident-commander", "on-call-lead"] });
    expect(effects([], ...declared(both))).toEqual([
      "alert",
      "dm U0DANA pending 1",
      "page on-call-lead 0",
      "ask incident-commander -",
    ]);
  });

  test("a path that asks for no second person: it pages, asks nobody and keeps nobody waiting", () => {
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

  test("Proceed Alone, loudly and in words of its own", () => {
    expect(effects(asked, aloneLine, activated(DANA, "1h", false))).toEqual([
      ...buttons(6),
      "thread alone 6 broadcast",
      "dm U0DANA outcome 6",
      "readings",
    ]);
  });

  test("the last approval once: as the settlement, not as one more of several", () => {
    expect(effects(asked, acked(LEO), activated(LEO, "1h"))).toEqual([
      ...buttons(6),
      "thread settled 6 broadcast",
      "dm U0DANA outcome 6",
      "readings",
    ]);
  });

  test("a role that could not be reached, in the thread, as long as somebody waits for it", () => {
    expect(effects(asked, pageFailed(0, "on-call-lead"))).toEqual(["update alert 5", "thread page-failed 5"]);
    expect(effects([...asked, denied(LEO), waived], pageFailed(0, "on-call-lead"))).toEqual(["update alert 7"]);
    expect(effects(approvedByLeo(), pageFailed(0, "on-call-lead"))).toEqual(["update alert 5"]);
    const helping = [...declared(withAck({ needed: 0 })), activated(DANA, "1h", false)];
    expect(effects(helping, pageFailed(0, "on-call-lead"))).toEqual(["update alert 4", "thread page-failed 4"]);
  });

  test("an end, in each direct message that asked for the ack: it must not call the bypass active for ever", () => {
    expect(effects([...asked, acked(LEO), activated(LEO, "1h")], closed)).toEqual([
      "update alert 7",
      "update dm:U0DANA:outcome:6 7",
      "update dm:U0LEO:ask:3 7",
      "update dm:U0DANA:pending:1 7",
      "thread ended 7",
    ]);
  });

  test("a line that was written in the thread: nothing, it stands there already", () => {
    expect(effects(asked, logged("thread"))).toEqual([]);
  });
});

describe("Effects", () => {
  test("come once each: two changes to one message in one commit are one update, to the newest version", () => {
    const both = effects(asked, escalated(1, "incident-commander"), denied(LEO), waived);
    expect(both.filter((line) => line.startsWith("update alert"))).toEqual(["update alert 6"]);
    expect(new Set(both).size).toBe(both.length);
  });

  test("of one message's post have the key under which its updates look for it", () => {
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

  test("of one channel or one person stand in one lane; lanes of different people and roles do not wait for each other", () => {
    const lanes = new Map(
      [
        ...effectsOf(null, numbered([...asked, escalated(1, "incident-commander")])),
        ...effectsOf(fold(numbered(asked)), numbered([denied(LEO), redacted], 5)),
      ].map((effect) => [told(effect), laneOf(effect)]),
    );
    expect(Object.fromEntries(lanes)).toEqual({
      alert: "channel",
      "page on-call-lead 0": "page:page:on-call-lead:0",
      "dm U0DANA pending 1": "dm:U0DANA",
      "dm U0LEO ask 3 step 0": "dm:U0LEO",
      "thread reminder 4": "channel",
      "page incident-commander 1": "page:page:incident-commander:1",
      "thread escalated 5": "channel",
      "update alert 5": "channel",
      "update thread:reminder:4 5": "channel",
      "update dm:U0LEO:ask:3 5": "dm:U0LEO",
      "update dm:U0DANA:pending:1 5": "dm:U0DANA",
      "thread settled 5": "channel",
      "dm U0DANA outcome 5": "dm:U0DANA",
      "redraw 6": "redraw",
    });
  });

  test("carry no free text: a row of the outbox has nothing to redact", () => {
    const all = Object.values(TABLE).flatMap(({ history, fresh }) =>
      effectsOf(fold(numbered(history)), numbered([fresh], history.length + 1)),
    );
    expect(JSON.stringify(all)).not.toMatch(/Not now|Too long|names a customer/);
  });
});
