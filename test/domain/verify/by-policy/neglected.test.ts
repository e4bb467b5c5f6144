import { expect, test } from "vitest";
import {
  COMMANDS,
  DANA,
  IDS_POLICY,
  type JudgedTrail,
  judgedTrail,
  LEO,
  MIA,
  SYSTEM,
} from "../../../support/domain/judged-trail.js";

const FORBIDDEN = IDS_POLICY.replace("e2e: { owner: lead }", 'e2e: { owner: lead, never_bypass: "Not any more." }')
  .replaceAll("gates: [e2e", "gates: [review")
  .replace("[review, review]", "[review]");
const active = () =>
  judgedTrail().does(COMMANDS.declare(), 1).does(COMMANDS.approve(LEO), 2).does(COMMANDS.approve(MIA), 3);

/** Any entry, every four minutes: the bot is at work. */
function atWork(trail: JudgedTrail, from: number, to: number): JudgedTrail {
  for (let minute = from; minute <= to; minute += 4)
    trail.system({ type: "policy.refused", policyHash: "00".repeat(32), errors: 1 }, SYSTEM, minute);
  return trail;
}

test("a grant that outlives the permission for its gate is found, once, while the bot was at work", () => {
  const { found } = atWork(active().policy(FORBIDDEN, 5), 6, 40).end();
  expect(found).toEqual([
    expect.stringMatching(
      /^BG-1 was still open at entry \d+, long after entry 7 put a policy on record that lets nobody bypass its gate\.$/,
    ),
  ]);
});

test("a grant that ends with the permission for its gate is in order", () => {
  const ended = active().policy(FORBIDDEN, 5).does({ type: "end_by_system", why: "gate_never_bypass" }, 5);
  expect(atWork(ended, 6, 40).end().found).toEqual([]);
});

test("nothing is held against a bot that stood still", () => {
  const still = active().policy(FORBIDDEN, 5).system({ type: "bot.stopped", instance: "i" }, SYSTEM, 6);
  expect(still.does({ type: "close", by: DANA }, 59).end().found).toEqual([]);
});

test("a settlement long after a step that was never raised is found, while the bot was at work", () => {
  const found = (trail: JudgedTrail) => trail.does({ type: "deny", by: LEO, reason: "No." }, 30).end().found;
  const requested = () => judgedTrail().does(COMMANDS.declare(), 1);
  expect(found(atWork(requested(), 2, 30))).toEqual([
    expect.stringContaining("step 0 was raised long before, and its page has no outcome"),
    expect.stringContaining("step 1 was due long before and was never raised"),
  ]);
  expect(found(requested())).toEqual([]);
});
