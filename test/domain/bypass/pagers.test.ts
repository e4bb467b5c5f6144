import { describe, expect, test } from "vitest";
import { effectsOf } from "../../../src/domain/bypass/effects-of.js";
import { fold } from "../../../src/domain/bypass/evolve.js";
import { pagersFor } from "../../../src/domain/bypass/pager-actions.js";
import {
  acked,
  activated,
  approvedByLeo,
  closed,
  declared,
  denied,
  escalated,
  type Line,
  reminded,
} from "../../support/domain/lines.js";
import { DANA, LEO } from "../../support/domain/people.js";
import { PATH, samplePolicy, withAck, withPath } from "../../support/domain/policies.js";
import { numbered } from "../../support/domain/scenario.js";

const unpaged = declared(withPath({ page: null }));
const alone = declared(withAck({ needed: 0 }));

describe("A pager outside of Slack", () => {
  test.each<[string, readonly Line[], readonly Line[]]>([
    ["a declaration", [], declared()],
    ["a declaration that pages nobody", [], unpaged],
    ["a declaration that is active at once", [], [...alone, activated(DANA, "60m", false)]],
    ["a reminder", declared(), [reminded(1)]],
    ["an escalation", declared(), [escalated(1, "incident-commander")]],
    ["an approval", declared(), [acked(LEO), activated(LEO, "61m")]],
    ["an approval where nobody was paged", unpaged, [acked(LEO), activated(LEO, "61m")]],
    ["a refusal where nobody was paged", unpaged, [denied(LEO)]],
    ["an end", approvedByLeo(), [closed]],
  ])("is told beside what the world is told otherwise: %s", (_, history, fresh) => {
    const of = (pagers: readonly string[]) =>
      effectsOf(fold(numbered(history)), numbered(fresh, history.length + 1), pagers);
    expect(of(["pagerduty"]).filter(({ kind }) => kind !== "notify")).toEqual(of([]));
  });

  test("is not step for a drill on a path that the policy no longer has", () => {
    expect(pagersFor({ ...samplePolicy, paths: {} }, { kind: "drill", path: PATH }, ["pagerduty"])).toEqual([]);
  });
});
