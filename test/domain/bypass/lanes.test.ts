import { expect, test } from "vitest";
import { laneOf } from "../../../src/domain/bypass/effects.js";
import { effectsOf } from "../../../src/domain/bypass/effects-of.js";
import { fold } from "../../../src/domain/bypass/evolve.js";
import { by, declared, denied, escalated, paged, reminded } from "../../support/domain/lines.js";
import { LEO } from "../../support/domain/people.js";
import { numbered } from "../../support/domain/scenario.js";
import { told } from "../../support/domain/told.js";

/** Entry 3 asked Leo, entry 4 reminded: two messages with buttons, besides the alert and the requester's own. */
const asked = [...declared(), paged(0, "on-call-lead", ["U0LEO"]), reminded(1)];
const redacted = by(LEO, { type: "text.redacted", provenOrigins: [], seq: 12, field: "reason" });

test("effects of one channel or one person share a lane, and different people and roles have different lanes", () => {
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
    "rerender 6": "rerender",
  });
});
