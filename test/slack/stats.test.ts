import { expect, test } from "vitest";
import { FORCES, VERDICTS } from "../../src/domain/events/catalogue/review.js";
import type { Reading } from "../../src/domain/gate/readings.js";
import { readingsInWords } from "../../src/slack/stats/words.js";
import type { SubmittedDeclaration } from "../../src/usecases/api.js";
import { bypassOfRecord } from "../../src/usecases/ports/bypass-ref.js";
import { openTestApp, type TestApp } from "../support/slack-app.js";
import { POLICY } from "../support/slack-people.js";
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
  fixedAt: null,
});

test("the stats text lists every sick gate with its numbers and gives details for the sickest while there is room", () => {
  const readings = Array.from({ length: 50 }, (_, index) => reading(`gate-${index}`));
  const text = readingsInWords({ ok: true, now: NOW, readings, items: [] }, policyOf());
  const lines = text.split("\n").slice(1);
  expect(text.length).toBeLessThanOrEqual(3500);
  expect(lines).toHaveLength(50);
  for (const [index, line] of lines.entries())
    expect(line).toMatch(new RegExp(`gate-${index}\`\\)?: \\*sick\\*, 1000`));
  expect(lines[0]).toContain("Forced by");
  expect(lines[49]).not.toContain("Forced by");
});

/** Declares a database fix by Dora that skips this gate, and has it approved. */
async function skipGate({ breakglass }: TestApp, gate: string): Promise<void> {
  const declaration: SubmittedDeclaration = {
    kind: "bypass",
    path: "database_fix",
    gates: [gate],
    target: "db:orders",
    incident: "",
    reason: "Locks pile up.",
    duration: "2h",
    again: null,
  };
  const declared = await breakglass.declare({ user: "U0DORA", origin: null }, declaration, crypto.randomUUID());
  if (!declared.ok) throw new Error(declared.refusal.code);
  const approved = await breakglass.act(
    { user: "U0LEA", origin: null },
    bypassOfRecord(declared.record),
    { type: "approve" },
    crypto.randomUUID(),
  );
  if (!approved.ok || approved.record.state.status !== "active") throw new Error("The bypass is not active.");
}

test("the stats reply lists the sickest gate first, whatever its place in the policy", async () => {
  const testApp = await openTestApp({ policy: `${POLICY}thermometer: { window: 30d, warm_at: 1, sick_at: 2 }\n` });
  try {
    for (const gate of ["two-approvals", "schema-review", "two-approvals"]) await skipGate(testApp, gate);
    await testApp.slack.as("U0OTTO").command("stats");
    await testApp.slack.settled();
    const replies = testApp.slack.ephemerals("U0OTTO").map(({ text }) => text);
    const gates = replies.join("\n").match(/(?<=`)[a-z0-9-]+(?=`\)?: \*(sick|warm|healthy)\*)/g);
    expect(gates).toEqual(["two-approvals", "schema-review", "e2e-suite"]);
  } finally {
    await testApp.close();
  }
});
