import { expect, test } from "vitest";
import type { Counted } from "../../../src/domain/gate/readings.js";
import { digestMessage } from "../../../src/slack/messages/digest.js";
import { digestOf } from "../../../src/usecases/queries/digest.js";
import { openCore } from "../../support/core.js";
import { samplePolicy } from "../../support/domain/policies.js";

const SLOT = "2026-06-22T07:00:00.000Z";

test("a digest with more gates than it lists names the sick ones first and counts the others", async () => {
  const template = samplePolicy.gates["e2e-suite"];
  if (template === undefined) throw new Error("The sample policy has no such gate.");
  const ids = [...Array.from({ length: 12 }, (_, index) => `warm-${index}`), "rotten"];
  const gates = Object.fromEntries(ids.map((id) => [id, { ...template, id, title: id }]));
  const policy = { ...samplePolicy, gates };
  const { context, close } = await openCore({ current: () => ({ policy, hash: "0".repeat(64) }) });
  const { warmAt, sickAt } = policy.thermometer;
  const bypasses = ids.flatMap((gate) =>
    Array.from({ length: gate === "rotten" ? sickAt : warmAt }, (_, index) => counted(index + 1, gate)),
  );
  const counts = { bypasses: {}, drills: 0, reviewsDue: 0, reviewsSubmitted: 0, reviewsOverdue: 0, actionsOpen: 0 };
  const queries: typeof context.queries = {
    ...context.queries,
    counted: async () => bypasses,
    gateItems: async () => [],
    week: async () => ({ ...counts, actionsOverdue: 0 }),
    acked: async () => [],
  };
  const ledger = { ...context.ledger, now: async () => new Date(SLOT) };
  try {
    const content = await digestOf({ ...context, ledger, queries }, "C0INC", SLOT);
    if (content.kind !== "digest") throw new Error("This is no digest.");
    const { text } = digestMessage(content, policy);
    expect(text).toContain("• rotten (`rotten`): sick");
    expect(text).toMatch(/\nand 3 more$/);
  } finally {
    await close();
  }
});

const counted = (n: number, gate: string): Counted => ({
  n,
  gates: [gate],
  activatedAt: "2026-06-21T07:00:00.000Z",
  endsAt: "2026-06-21T08:00:00.000Z",
  endedAt: "2026-06-21T08:00:00.000Z",
  verdict: null,
  gatesAtFault: [],
  forcedBy: null,
});
