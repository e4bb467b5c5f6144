import { expect, test } from "vitest";
import type { BypassEvent } from "../../../../src/domain/events/catalogue/catalogue.js";
import {
  BY,
  COMMANDS,
  IDS_POLICY,
  judgedTrail,
  LEO,
  MIA,
  minuteAt,
  SYSTEM,
} from "../../../support/domain/judged-trail.js";

type Declared = Extract<BypassEvent, { type: "bypass.declared" }>;

/** The declaration that the bot records, as an event. */
function declared(): Declared {
  const { status: _, ...state } = judgedTrail().does(COMMANDS.declare(), 1).state();
  const { kind, path, gates, target, accounts, incident, durationSeconds, channel, policyHash, ack, again } = state;
  const fields = { kind, path, gates, target, accounts, incident, durationSeconds, channel, policyHash, ack, again };
  return { type: "bypass.declared", ...fields, roleAsOf: null };
}
const EVENT = declared();
const OPENED = { type: "review.opened", reviewer: "lead", dueAt: "2026-03-04T17:00:00.000Z" } as const;

test("a whole approved bypass in other people's names, for a gate that nobody may bypass, is found at each step", () => {
  const seconds = 68 * 365 * 86_400;
  const ack = { ...EVENT.ack, needed: 0, escalation: [] };
  const { found } = judgedTrail()
    .forges({ ...EVENT, gates: ["scan"], ack, durationSeconds: seconds }, BY.dana, 1)
    .forges({ ...OPENED, dueAt: minuteAt(1) }, SYSTEM, 1)
    .forges({ type: "bypass.activated", endsAt: minuteAt(1 + seconds / 60), approved: false }, BY.dana, 1)
    .end();
  expect(found).toEqual([
    "Entry 2 of BG-1 covers a gate that its path does not open.",
    "Entry 2 of BG-1 declares a duration that its path does not offer.",
    "Entry 2 of BG-1 declares other approval rules than its path has.",
    "Entry 3 of BG-1 opens a review that is due at another time than its path says.",
    "Entry 4 of BG-1 activates a grant without the approval that the policy on record needs.",
    "Entry 4 of BG-1 activates a longer grant than the policy on record allows.",
  ]);
});

test.each<readonly [string, Partial<Declared>]>([
  ["names a policy that was not on record", { policyHash: "cd".repeat(32) }],
  ["declares by a path that its policy does not have", { path: "no_such_path" }],
  ["covers a gate that its path does not open", { gates: ["e2e", "scan"] }],
  ["declares a duration that its path does not offer", { durationSeconds: 7 * 60 }],
  ["declares other approval rules than its path has", { ack: { ...EVENT.ack, remindEverySeconds: 86_400 } }],
  ["declares other approval rules than its path has", { ack: { ...EVENT.ack, escalation: [] } }],
  ["declares another channel than its path has", { channel: "C0NOBODY" }],
  ["names no incident of the kind that its path requires", { incident: null }],
  ["names no incident of the kind that its path requires", { incident: "none" }],
  ["does not name the person and the accounts that its policy gives the requester", { accounts: ["U0DANA"] }],
])("a declaration that %s is found", (what, over) => {
  const { found } = judgedTrail()
    .forges({ ...EVENT, ...over }, BY.dana, 1)
    .forges(OPENED, SYSTEM, 1)
    .end();
  expect(found).toEqual([`Entry 2 of BG-1 ${what}.`]);
});

test("a declaration by somebody who may not invoke the path is found", () => {
  const { found } = judgedTrail()
    .forges({ ...EVENT, accounts: ["U0TOM"] }, BY.tom, 1)
    .forges(OPENED, SYSTEM, 1)
    .end();
  expect(found).toEqual([
    "Entry 2 of BG-1 is by somebody to whom the policy on record gives no role that may do this.",
  ]);
});

test.each([
  ["opens the review for another role than its path has", { reviewer: "engineer" }],
  ["opens a review that is due at another time than its path says", { dueAt: "2036-03-04T17:00:00.000Z" }],
])("a declaration that %s is found", (what, over) => {
  const { found } = judgedTrail()
    .forges(EVENT, BY.dana, 1)
    .forges({ ...OPENED, ...over }, SYSTEM, 1)
    .end();
  expect(found).toEqual([`Entry 3 of BG-1 ${what}.`]);
});

test("a grant with as many approvals as its declaration says, but fewer than the policy needs, is found", () => {
  const given = { type: "ack.given", count: 1, needed: 1, policyHash: EVENT.policyHash, roleAsOf: null } as const;
  const { found } = judgedTrail()
    .forges({ ...EVENT, ack: { ...EVENT.ack, needed: 1 } }, BY.dana, 1)
    .forges(OPENED, SYSTEM, 1)
    .forges({ ...given, accounts: ["U0LEO"] }, BY.leo, 2)
    .forges({ type: "bypass.activated", endsAt: minuteAt(62), approved: true }, BY.leo, 2)
    .end();
  expect(found).toEqual([
    "Entry 2 of BG-1 declares other approval rules than its path has.",
    "Entry 4 of BG-1 records another needed than the policy on record gives.",
    "Entry 5 of BG-1 activates a grant with fewer approvals than the policy on record needs.",
  ]);
});

test("an approval by a policy that was replaced is in order for a quarter of an hour, and found after it", () => {
  const other = IDS_POLICY.replace("expires_after: 60m", "expires_after: 45m");
  const until = (minute: number) =>
    judgedTrail()
      .does(COMMANDS.declare(), 1)
      .does(COMMANDS.approve(LEO), 2)
      .policy(other, 3)
      .does(COMMANDS.approve(MIA), minute)
      .end().found;
  expect(until(18)).toEqual([]);
  expect(until(19)).toContain("Entry 6 of BG-1 names a policy that had been replaced long before.");
});

test("a policy that follows none on record, or one that was replaced long before, is found", () => {
  const [second, third] = ["45m", "30m"].map((of) => IDS_POLICY.replace("expires_after: 60m", `expires_after: ${of}`));
  const trail = judgedTrail();
  trail
    .policy(second ?? "", 1)
    .policy(third ?? "", 20)
    .policy(IDS_POLICY, 40, "00".repeat(32))
    .policy(second ?? "", 60, null);
  expect(trail.end().found).toEqual([
    "Entry 3 follows a policy that had been replaced long before.",
    "Entry 4 follows a policy that was not on record.",
    "Entry 5 says that no policy was on record before it.",
  ]);
});
