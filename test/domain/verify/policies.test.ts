import { expect, test } from "vitest";
import { sealEntry } from "../../../src/domain/events/body.js";
import type { TrailEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import type { NewEntry } from "../../../src/domain/events/entries.js";
import { chainHash, GENESIS, leafHash } from "../../../src/domain/events/hash.js";
import { createVerifier } from "../../../src/domain/verify/verify.js";
import { AT, approval, DANA, declaration, LEO, nonce, POLICY, POLICY_HASH } from "../../contract/items.js";

type Line = NewEntry<TrailEvent>;

const changed = (policy: string, was: string | null = null, policyHash = POLICY_HASH): Line => ({
  event: { type: "policy.changed", policyHash, was },
  actor: { kind: "system", part: "policy" },
  at: AT,
  texts: { policy },
});

/** What is found in a trail of these entries: those of a bypass are of BG-1. */
function found(...lines: readonly Line[]): readonly string[] {
  const verifier = createVerifier();
  let prev = GENESIS;
  let last = 0;
  for (const [index, line] of lines.entries()) {
    const seq = index + 1;
    const isSystem = line.event.type === "policy.changed";
    const stream = isSystem ? ({ kind: "system" } as const) : ({ kind: "bypass", n: 1 } as const);
    if (!isSystem) last += 1;
    const version = isSystem ? null : last;
    const { body, texts } = sealEntry<TrailEvent>(line, { stream, version, commandId: `c${seq}`, nonce });
    const leaf = leafHash(body);
    const hash = chainHash(prev, seq, leaf);
    verifier.entry({ seq, stream: isSystem ? "system" : "BG-1", version, body, prev, leaf, hash, texts });
    prev = hash;
  }
  return verifier.finish().findings.map(({ message }) => message);
}

const [declared, opened] = declaration();
if (declared?.event.type !== "bypass.declared" || opened?.event.type !== "review.opened")
  throw new Error("A declaration is followed by its review.");
const { event } = declared;
const review = opened.event;
const ON_RECORD = changed(POLICY);

test("a declaration and its approvals by the policy on record are in order", () => {
  expect(found(ON_RECORD, declared, opened, approval())).toEqual([]);
});

test("a trail without any policy is not judged by one", () => {
  expect(found(declared, opened, approval())).toEqual([]);
});

test.each<readonly [string, Parameters<typeof declaration>[0]]>([
  ["Entry 2 names a policy that was not on record.", { policyHash: "cd".repeat(32) }],
  ["Entry 2 declares by a path that its policy does not have.", { path: "no_such_path" }],
  ["Entry 2 covers a gate that its path does not open.", { gates: ["e2e-suite", "secret-scan"] }],
  ["Entry 2 declares a longer grant than its path allows.", { durationSeconds: 10 * 365 * 86_400 }],
  ["Entry 2 declares other approval rules than its path has.", { ack: { ...event.ack, needed: 0 } }],
  ["Entry 2 declares another channel than its path has.", { channel: "C0NOBODY" }],
  ["Entry 2 names no incident, which its path requires.", { incident: null }],
  ["Entry 2 does not name the person and the accounts that its policy gives the requester.", { accounts: [DANA.user] }],
])("%s", (sentence, over) => {
  expect(found(ON_RECORD, { ...declared, event: { ...event, ...over } }, opened)).toEqual([sentence]);
});

test("a review for another role than the policy names is found", () => {
  const other = { ...opened, event: { ...review, reviewer: "on-call-engineer" } };
  expect(found(ON_RECORD, declared, other)).toEqual(["Entry 3 opens the review for another role than its path has."]);
});

test("an approval under another person's name is found", () => {
  const sentence = "Entry 4 does not name the person and the accounts that its policy gives the approver.";
  expect(found(ON_RECORD, declared, opened, approval({ ...LEO, person: "zoe" }))).toEqual([sentence]);
});

test("a policy that follows one that was never on record is found, and so is what was declared by one that cannot be read", () => {
  const unreadable = "version: 1 # no more";
  expect(found(ON_RECORD, changed(POLICY, POLICY_HASH), changed(POLICY, "00".repeat(32)))).toEqual([
    "Entry 3 follows a policy that was not on record.",
  ]);
  expect(found(changed(unreadable), declared, opened)).toEqual([
    "Entry 1 names a policy by another hash than that of its text.",
    "Entry 2 names a policy on record that cannot be read, so that nothing can be judged by it.",
  ]);
});
