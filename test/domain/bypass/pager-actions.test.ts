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

const unpaged = declared(withPath({ page: null }));
const alone = declared(withAck({ needed: 0 }));

const PAGERS = ["pagerduty", "splunk-oncall"];

/** The notifications of `added` after `history`, as `pager action step role`. */
function notifications(history: readonly Line[], added: readonly Line[], pagers: readonly string[] = ["pagerduty"]) {
  return effectsOf(fold(numbered(history)), numbered(added, history.length + 1), pagers).flatMap((effect) =>
    effect.kind === "notify" ? [`${effect.pager} ${effect.action} ${effect.step ?? "-"} ${effect.role ?? "-"}`] : [],
  );
}

describe("An external pager", () => {
  test("is triggered at the declaration for the first step, and at each later step", () => {
    expect(notifications([], declared())).toEqual(["pagerduty trigger 0 on-call-lead"]);
    expect(notifications(declared(), [escalated(1, "incident-commander")])).toEqual([
      "pagerduty trigger 1 incident-commander",
    ]);
  });

  test("is acknowledged when the bypass becomes active, not by an approval that is not the last", () => {
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
  ])("is resolved when the bypass is %s", (_, history, end) => {
    expect(notifications(history, [end])).toEqual(["pagerduty resolve - -"]);
  });

  test("is notified of nothing else", () => {
    expect(notifications(declared(), [reminded(1), step(0)])).toEqual([]);
    expect(notifications(approvedByLeo(), [warned])).toEqual([]);
  });

  test("each is notified in a lane of its own, so that no resolve overtakes its trigger", () => {
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

  test("without any, a bypass has the same effects and no notifications", () => {
    expect(notifications([], declared(), [])).toEqual([]);
    expect(effectsOf(null, numbered(declared()), [])).toEqual(effectsOf(null, numbered(declared())));
  });

  test("is not triggered for a drill, unless the path says so", () => {
    const drill = { kind: "drill", path: PATH } as const;
    expect(pagersFor(samplePolicy, drill, PAGERS)).toEqual([]);
    expect(pagersFor(withPath({ drillPages: "as_real" }), drill, PAGERS)).toEqual(PAGERS);
    expect(pagersFor(samplePolicy, { ...drill, kind: "bypass" }, PAGERS)).toEqual(PAGERS);
  });

  test("is not resolved for a bypass that never triggered it", () => {
    const unpaged = declared(withPath({ page: null }));
    expect(notifications([], unpaged)).toEqual([]);
    expect(notifications(unpaged, [denied(LEO)])).toEqual([]);
    expect(notifications(unpaged, [acked(LEO), activated(LEO, "61m")])).toEqual([]);
  });

  test("is not acknowledged on a path that requires no second person, only resolved when the bypass is over", () => {
    const alone = declared(withAck({ needed: 0 }));
    expect(notifications([], [...alone, activated(DANA, "60m", false)])).toEqual(["pagerduty trigger 0 on-call-lead"]);
    expect(notifications([...alone, activated(DANA, "60m", false)], [closed])).toEqual(["pagerduty resolve - -"]);
  });

  test.each<[string, readonly Line[], readonly Line[]]>([
    ["a declaration", [], declared()],
    ["a declaration that pages nobody", [], unpaged],
    ["a declaration that is active at once", [], [...alone, activated(DANA, "60m", false)]],
    ["a reminder", declared(), [reminded(1)]],
    ["an escalation", declared(), [escalated(1, "incident-commander")]],
    ["an approval", declared(), [acked(LEO), activated(LEO, "61m")]],
    ["an approval where nobody was paged", unpaged, [acked(LEO), activated(LEO, "61m")]],
    ["a denial where nobody was paged", unpaged, [denied(LEO)]],
    ["an end", approvedByLeo(), [closed]],
  ])("adds notifications and changes no other effect: %s", (_, history, added) => {
    const of = (pagers: readonly string[]) =>
      effectsOf(fold(numbered(history)), numbered(added, history.length + 1), pagers);
    expect(of(["pagerduty"]).filter(({ kind }) => kind !== "notify")).toEqual(of([]));
  });

  test("is not notified of a drill on a path that the policy no longer has", () => {
    expect(pagersFor({ ...samplePolicy, paths: {} }, { kind: "drill", path: PATH }, ["pagerduty"])).toEqual([]);
  });
});

test("The alert is updated when a page that had failed goes out after all", () => {
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
