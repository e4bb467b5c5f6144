import { expect, test } from "vitest";
import { FORCES, VERDICTS } from "../../src/domain/review/facts.js";
import type { Reading } from "../../src/domain/thermometer/readings.js";
import { readingsInWords } from "../../src/slack/stats/words.js";
import { policyOf } from "./messages/fixtures.js";

const NOW = "2027-03-10T12:00:00.000Z";
const reading = (gate: string): Reading => ({
  gate,
  temperature: "sick",
  because: "count",
  count: 1000,
  before: 1000,
  counting: 1000,
  forcedBy: Object.fromEntries(FORCES.map((force) => [force, 1000])) as Reading["forcedBy"],
  verdicts: Object.fromEntries(VERDICTS.map((verdict) => [verdict, 1000])) as Reading["verdicts"],
  reviewed: 1000,
  atFault: 999,
  unreviewed: 1000,
  openSeconds: 9_999_999,
  bypasses: [],
  mendedAt: null,
});

test("where many gates are sick, each is told by its numbers, and the sickest in full as far as there is room", () => {
  const readings = Array.from({ length: 50 }, (_, index) => reading(`gate-${index}`));
  const words = readingsInWords({ ok: true, now: NOW, readings, items: [] }, policyOf());
  const lines = words.split("\n").slice(1);
  expect(words.length).toBeLessThanOrEqual(3500);
  expect(lines).toHaveLength(50);
  for (const [index, line] of lines.entries())
    expect(line).toMatch(new RegExp(`gate-${index}\`\\)?: \\*sick\\*, 1000`));
  expect(lines[0]).toContain("Forced by");
  expect(lines[49]).not.toContain("Forced by");
});
