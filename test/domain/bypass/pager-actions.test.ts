import { describe, expect, test } from "vitest";
import { laneOf } from "../../../src/domain/bypass/effects.js";
import { effectsOf } from "../../../src/domain/bypass/effects-of.js";
import { fold } from "../../../src/domain/bypass/evolve.js";
import { pagersFor } from "../../../src/domain/bypass/pager-actions.js";
import {
  acked,
  activated,
  approvedByLeo,
  bySystem,
  closed,
  declared,
  denied,
  escalated,
  expired,
  type Line,
  lapsed,
  reminded,
  revoked,
  step,
  warned,
  withdrawn,
} from "../../support/domain/lines.js";
import { DANA, LEO } from "../../support/domain/people.js";
import { PATH, samplePolicy, withAck, withPath } from "../../support/domain/policies.js";
import { numbered } from "../../support/domain/scenario.js";

const PAGERS = ["pagerduty", "splunk-oncall"];

/** What the pagers are told of `fresh` after `history`, as `pager action step role`. */
function notifications(history: readonly Line[], fresh: readonly Line[], pagers: readonly string[] = ["pagerduty"]) {
  return effectsOf(fold(numbered(history)), numbered(fresh, history.length + 1), pagers).flatMap((effect) =>
    effect.kind === "notify" ? [`${effect.pager} ${effect.action} ${effect.step ?? "-"} ${effect.role ?? "-"}`] : [],
  );
}

describe("A pager outside of Slack", () => {
  test("is step at the declaration for the first step, and at each escalation", () => {
    expect(notifications([], declared())).toEqual(["pagerduty trigger 0 on-call-lead"]);
    expect(notifications(declared(), [escalated(1, "incident-commander")])).toEqual([
      "pagerduty trigger 1 incident-commander",
    ]);
  });

  test("is told when the bypass is active, and not by an ack that does not suffice", () => {
    expect(notifications(declared(), [acked(LEO), activated(LEO, "61m")])).toEqual(["pagerduty acknowledge - -"]);
    expect(notifications(declared(), [acked(LEO, 1, 2)])).toEqual([]);
  });

  test.each<[string, readonly Line[], Line]>([
    ["denied", declared(), denied(LEO)],
    ["withdrawn", declared(), withdrawn],
    ["lapsed", declared(), lapsed],
    ["expired", approvedByLeo(), expired],
    ["closed", approvedByLeo(), closed],
    ["revoked", approvedByLeo(), revoked(LEO)],
  ])("is told of the end when it is %s", (_, history, end) => {
    expect(notifications(history, [end])).toEqual(["pagerduty resolve - -"]);
  });

  test("is told of nothing else", () => {
    expect(notifications(declared(), [reminded(1), step(0)])).toEqual([]);
    expect(notifications(approvedByLeo(), [warned])).toEqual([]);
  });

  test("each of them is told, and each has a lane of its own, so that no end overtakes its notify", () => {
    expect(notifications([], declared(), PAGERS)).toEqual([
      "pagerduty trigger 0 on-call-lead",
      "splunk-oncall trigger 0 on-call-lead",
    ]);
    const effects = [
      ...effectsOf(null, numbered(declared()), PAGERS),
      ...effectsOf(fold(numbered(declared())), numbered([denied(LEO)], 3), PAGERS),
    ].filter(({ kind }) => kind === "notify");
    expect(effects.map(laneOf)).toEqual([...PAGERS, ...PAGERS].map((pager) => `notify:${pager}`));
  });

  test("without any, a bypass has the same effects and not one more", () => {
    expect(notifications([], declared(), [])).toEqual([]);
    expect(effectsOf(null, numbered(declared()), [])).toEqual(effectsOf(null, numbered(declared())));
  });

  test("is not step for a drill, unless the path says that it is", () => {
    const drill = { kind: "drill", path: PATH } as const;
    expect(pagersFor(samplePolicy, drill, PAGERS)).toEqual([]);
    expect(pagersFor(withPath({ drillPages: "as_real" }), drill, PAGERS)).toEqual(PAGERS);
    expect(pagersFor(samplePolicy, { ...drill, kind: "bypass" }, PAGERS)).toEqual(PAGERS);
  });

  test("is not told of the end of what it was never step for", () => {
    const unpaged = declared(withPath({ page: null }));
    expect(notifications([], unpaged)).toEqual([]);
    expect(notifications(unpaged, [denied(LEO)])).toEqual([]);
    expect(notifications(unpaged, [acked(LEO), activated(LEO, "61m")])).toEqual([]);
  });

  test("goes on ringing for help on a path that asks for no second person, until it is over", () => {
    const alone = declared(withAck({ needed: 0 }));
    expect(notifications([], [...alone, activated(DANA, "60m", false)])).toEqual(["pagerduty trigger 0 on-call-lead"]);
    expect(notifications([...alone, activated(DANA, "60m", false)], [closed])).toEqual(["pagerduty resolve - -"]);
  });
});

test("The alert is drawn again when a page that had failed went out after all", () => {
  const failed = bySystem("delivery", {
    type: "page.failed",
    step: 0,
    user: null,
    role: "on-call-lead",
    via: "pagerduty",
    code: "http_403",
  });
  const update = { kind: "message.update", message: "alert", version: 4 };
  expect(effectsOf(fold(numbered([...declared(), failed])), numbered([step(0)], 4))).toEqual([update]);
  expect(effectsOf(fold(numbered([...declared(), failed])), numbered([step(1)], 4))).toEqual([]);
});
