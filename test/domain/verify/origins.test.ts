import { expect, test } from "vitest";
import type { OpenedBody } from "../../../src/domain/events/body.js";
import type { TrailEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import type { AskedFollowUp } from "../../../src/domain/verify/origins/asked.js";
import { createOriginCheck } from "../../../src/domain/verify/origins/origins.js";
import { createSecretsInUse } from "../../../src/domain/verify/origins/secrets-in-use.js";
import type { StoredText } from "../../../src/domain/verify/stored.js";

const AT = "2026-11-30T12:00:00.000Z";
const SIGNED = { via: "slack-request", timestamp: `${Date.parse(AT) / 1_000}`, signature: `v0=${"0".repeat(64)}` };
const ORIGIN = JSON.stringify({ ...SIGNED, deflated: "" });

const REVIEW = {
  type: "review.submitted",
  edition: 1,
  verdict: "justified",
  gatesAtFault: [],
  forcedBy: "slow",
  aftermath: "unknown",
  asApprover: false,
  roleAsOf: null,
} as const;
const ACTION = { type: "action.opened", action: 1, owner: "U0OMAR", dueAt: "2026-12-04T16:00:00.000Z" } as const;
const asked = (line: string): AskedFollowUp => ({
  type: "action.opened",
  texts: { line },
  fields: { owner: ["U0OMAR"] },
});

/** What is said of a review with one recorded action, whose request asks for these. */
function judged(follows: readonly AskedFollowUp[]) {
  const found: string[] = [];
  const check = createOriginCheck(
    {
      allowSocketMode: false,
      read: () => ({
        kind: "asked",
        secret: 0,
        asked: {
          ...{ act: "submit_review", about: { kind: "bypass", n: 1, identity: null }, texts: { lesson: "Split it." } },
          ...{ fields: { edition: [1] }, follows, user: "U0DANA", workspace: "T1", command: "c1" },
        },
      }),
    },
    ({ message }) => found.push(message),
  );
  const entry = (seq: number, event: TrailEvent, texts: readonly StoredText[]) => {
    const actor = { kind: "person", user: "U0DANA", person: "dana" } as const;
    const opened: OpenedBody = { event, actor, at: AT, command: "c1", version: seq, n: 1, textHashes: {} };
    const none = new Uint8Array(32);
    check.entry({ seq, stream: "BG-1", version: seq, body: "", prev: none, leaf: none, hash: none, texts }, opened);
  };
  const text = (field: string, typed: string): StoredText => ({ field, nonce: "00", text: typed });
  entry(8, REVIEW, [text("lesson", "Split it."), text("origin", ORIGIN)]);
  entry(9, ACTION, [text("line", "Split the suite.")]);
  check.finish();
  return { found, proven: check.counts().proven };
}

test("a review is proven together with the actions that its request asks for", () => {
  expect(judged([asked("Split the\u200b suite.")])).toEqual({ found: [], proven: 1 });
});

test.each([
  ["another text", [asked("Drop the suite.")], "Entry 9: the request of the act that it follows holds another line."],
  ["no action", [], "Entry 9: the request of the act that it follows asks for nothing of that kind."],
  ["one more", [asked("Split the suite."), asked("x")], "Entry 8: its request asks for one more action.opened."],
])("a review is not proven when its request asks for %s", (_, follows, finding) => {
  expect(judged(follows)).toEqual({ found: [finding], proven: 0 });
});

test("a signing secret proves nothing once another one has been in use for a day", () => {
  const { isReplaced } = createSecretsInUse();
  const on = (secret: number, at: string) => isReplaced(secret, at);
  expect(on(1, "2026-11-01T09:00:00.000Z")).toBe(false);
  expect(on(0, "2026-11-30T09:00:00.000Z")).toBe(false);
  // What Slack had signed before the change may come a little later.
  expect(on(1, "2026-11-30T09:00:05.000Z")).toBe(false);
  expect(on(1, "2026-12-01T09:00:00.000Z")).toBe(false);
  expect(on(1, "2026-12-01T09:00:00.001Z")).toBe(true);
  expect(on(0, "2027-12-01T09:00:00.000Z")).toBe(false);
});
