import { expect, test } from "vitest";
import { sha256Hex } from "../../../src/domain/events/canonical.js";
import type { TrailEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import { shortHead } from "../../../src/domain/events/hash.js";
import { createRecordSoFar } from "../../../src/domain/verify/origins/record-so-far.js";
import { POLICY } from "../../contract/items.js";
import { declared } from "../../support/domain/lines.js";
import { AT, opened, stored } from "../../support/domain/origins.js";

const hashOf = (seq: number) => new Uint8Array(32).fill(seq);
const shortOf = (seq: number) => shortHead(hashOf(seq));

/** Takes these events as entries 1, 2, … of the bypass `n`. */
function recorded(...events: readonly (readonly [n: number | null, event: TrailEvent, version?: number | null])[]) {
  const record = createRecordSoFar();
  events.forEach(([n, event, version = null], index) => {
    const seq = index + 1;
    const texts = event.type === "policy.changed" ? [{ field: "policy", nonce: "00", text: POLICY }] : [];
    record.entry({ ...stored(seq, texts), hash: hashOf(seq) }, opened(seq, event, { n, version }));
  });
  return record;
}

const declaration = declared()[0].event;
const posted: TrailEvent = { type: "alert.posted", channel: "C1", ts: "1.1" };
const opening: TrailEvent = { type: "action.opened", action: 2, owner: "U0OMAR", dueAt: AT };
const flagged: TrailEvent = {
  ...{ type: "gate.flagged", gate: "e2e-suite", item: 3, owner: "on-call-lead", because: "count", count: 3 },
  ...{ windowSeconds: 60, bypasses: [1], atFault: 0, reviewed: 0, dueAt: AT },
} as const;
const policy: TrailEvent = { type: "policy.changed", policyHash: sha256Hex(POLICY), was: null };

test("a bypass is known by the hash of its first entry", () => {
  const record = recorded([7, declaration, 1], [7, posted, 2], [8, declaration, 1]);
  expect(record.identity(7)).toBe(shortOf(1));
  expect(record.identity(8)).toBe(shortOf(3));
  expect(record.identity(9)).toBeNull();
  expect(recorded([null, policy, 1]).identity(0)).toBeNull();
});

test("an alert is known by its bypass, channel and time", () => {
  const record = recorded([7, posted, 2], [null, posted]);
  expect(record.hasAlert(7, "C1", "1.1")).toBe(true);
  expect(record.hasAlert(8, "C1", "1.1")).toBe(false);
  expect(record.hasAlert(7, "C2", "1.1")).toBe(false);
  expect(record.hasAlert(7, "C1", "1.2")).toBe(false);
});

test("an action and an item of a gate are known by the hash of the entry that opened them", () => {
  const record = recorded([7, opening, 9], [null, flagged]);
  expect(record.action(7, 9)).toEqual({ action: 2, identity: shortOf(1) });
  expect(record.action(7, 8)).toBeNull();
  expect(record.action(8, 9)).toBeNull();
  expect(record.gateItem("e2e-suite", 3)).toBe(shortOf(2));
  expect(record.gateItem("e2e-suite", 2)).toBeNull();
  expect(record.gateItem("lint", 3)).toBeNull();
});

test("office hours are those of the policy on record, and unknown without one", () => {
  expect(recorded([7, declaration, 1]).officeHours(AT)).toEqual([]);
  const hours = recorded([null, policy]).officeHours(AT);
  expect(hours).toHaveLength(1);
  expect(hours[0]).toMatchObject({ timezone: expect.any(String) });
});
