import { describe, expect, test } from "vitest";
import type { Actor } from "../../../../src/domain/events/actor.js";
import type { BypassEvent, SystemEvent } from "../../../../src/domain/events/catalogue/catalogue.js";
import {
  BY,
  COMMANDS,
  DANA,
  IVO,
  type JudgedTrail,
  judgedTrail,
  LEO,
  MIA,
  minuteAt,
  SYSTEM,
} from "../../../support/domain/judged-trail.js";

const NO_ROLE = "is by somebody to whom the policy on record gives no role that may do this";
const requested = () => judgedTrail().does(COMMANDS.declare(), 1);
const active = () => requested().does(COMMANDS.approve(LEO), 2).does(COMMANDS.approve(MIA), 3);
const over = () => active().does({ type: "close", by: DANA }, 10);
const written = () => over().does(COMMANDS.submit("2026-03-06"), 20);
const none = { roleAsOf: null } as const;

describe("what the bot decides is in order", () => {
  test("from the declaration over an escalation to a written review, and who may is counted where only Slack can tell", () => {
    const { found, judged } = requested()
      .does(
        { type: "address_page", purpose: "page", role: "lead", step: 0, users: ["U0LEO"], named: ["U0LEO"], others: 0 },
        1,
      )
      .does({ type: "tick" }, 6)
      .does(COMMANDS.approve(LEO), 7)
      .does(COMMANDS.approve(IVO), 8)
      .does({ type: "log", by: DANA, line: "Rolled back.", via: "command" }, 9)
      .does({ type: "revoke", by: MIA, reason: "It is fixed." }, 10)
      .does({ type: "put_off_review", by: LEO, reviewers: [], until: "2026-03-16", reason: "Leave." }, 20)
      .does({ type: "follow_up" }, 14 * 1440)
      .does(COMMANDS.submit("2026-03-18"), 14 * 1440 + 1)
      .end();
    expect(found).toEqual([]);
    expect(judged).toMatchObject({ policies: 1, onlyOutsideCanTell: 2, notJudged: 0 });
    expect(judged.newest?.seq).toBe(1);
  });

  test("to a lapse after the whole escalation", () => {
    const { found } = requested().does({ type: "tick" }, 6).does({ type: "tick" }, 61).end();
    expect(found).toEqual([]);
  });
});

type Forged = readonly [BypassEvent, Actor];

describe("an act that the policy on record does not give is found", () => {
  test.each<readonly [string, () => JudgedTrail, Forged, string]>([
    ["an approval", requested, [ack("U0TOM"), BY.tom], NO_ROLE],
    ["an approval before the step that pages its role", requested, [ack("U0IVO"), BY.ivo], NO_ROLE],
    ["a denial", requested, [{ type: "bypass.denied", ...none }, BY.tom], NO_ROLE],
    ["a revocation", active, [{ type: "bypass.revoked", why: "person", ...none }, BY.tom], NO_ROLE],
    ["a log line", active, [{ type: "bypass.logged", via: "command" }, BY.tom], NO_ROLE],
    ["a redaction", active, [{ type: "text.redacted", provenOrigins: [], seq: 2, field: "reason" }, BY.dana], NO_ROLE],
    [
      "an approval under another name",
      requested,
      [ack("U0LEO"), { kind: "person", user: "U0LEO", person: "zoe" }],
      "does not name the person and the accounts that its policy gives the approver",
    ],
    [
      "a withdrawal under another name",
      requested,
      [{ type: "bypass.withdrawn" }, { kind: "person", user: "U0DANA", person: "zoe" }],
      "names another person than the policy on record gives the account",
    ],
    [
      "Proceed Alone on a path without it",
      requested,
      [{ type: "bypass.proceeded_alone" }, BY.dana],
      "goes alone on a path that never allows it",
    ],
    [
      "a revocation for a gate that may be bypassed",
      active,
      [{ type: "bypass.revoked", why: "gate_never_bypass", ...none }, SYSTEM],
      "ends a bypass for a gate that the policy on record allows to be bypassed",
    ],
    [
      "a page of somebody without the role",
      requested,
      [page("lead", 0, ["U0TOM"]), SYSTEM],
      "addresses somebody to whom the policy on record does not give the role",
    ],
    [
      "a page of another role",
      requested,
      [page("engineer", 0, ["U0DANA"]), SYSTEM],
      "addresses a role that its path neither pages at that moment nor asks",
    ],
    [
      "a review by somebody without the role",
      over,
      [edition(), BY.tom],
      "is by somebody to whom the policy on record gives no role that handles the review",
    ],
    [
      "a review that hides its approver",
      over,
      [edition(), BY.leo],
      "records another asApprover than the policy on record gives",
    ],
    [
      "a put-off to a moment at night",
      over,
      [{ type: "review.put_off", until: "2026-03-05T02:00:00.000Z", ...none }, BY.leo],
      "records another until than the policy on record gives",
    ],
    [
      "a put-off by somebody without the role",
      over,
      [{ type: "review.put_off", until: "2026-03-05T09:00:00.000Z", ...none }, BY.tom],
      "is by somebody to whom the policy on record gives no role that handles the review",
    ],
    [
      "a reminder that was not planned",
      over,
      [{ type: "review.reminded", slot: minuteAt(19), stage: "due", role: "lead" }, SYSTEM],
      "records review.reminded, which the rules do not give at that moment",
    ],
    [
      "an action that ends by somebody else",
      written,
      [{ type: "action.ended", action: 1, outcome: "done", ...none }, BY.ivo],
      "is by somebody who neither owns the action nor may handle the review",
    ],
    [
      "an action that is due in ten years",
      written,
      [{ type: "action.opened", action: 2, owner: "U0LEO", dueAt: "2036-03-05T17:00:00.000Z" }, BY.leo],
      "opens an action that is due when no office closes, in the past, or too far ahead",
    ],
    [
      "an action by another than the writer",
      written,
      [{ type: "action.opened", action: 2, owner: "U0LEO", dueAt: "2026-03-05T17:00:00.000Z" }, BY.mia],
      "opens an action that the writer of the review did not",
    ],
  ])("%s", (_, before, [event, actor], what) => {
    expect(before().forges(event, actor, 20).end().found.join("\n")).toContain(`of BG-1 ${what}.`);
  });

  test("a lapse before every step of the escalation was raised", () => {
    const { found } = requested().forges({ type: "bypass.lapsed", why: "no_ack" }, SYSTEM, 61).end();
    expect(found).toContain("Entry 4 of BG-1 records bypass.lapsed, which the rules do not give at that moment.");
  });

  test("Proceed Alone before a due step was paged, and within a day of another person's no to the gate", () => {
    const alone = { type: "bypass.proceeded_alone" } as const;
    const early = judgedTrail().does(COMMANDS.declare("alone"), 1).forges(alone, BY.dana, 12).end();
    expect(early.found.join()).toContain("goes alone before each due step of the escalation was paged or had failed");
    const paged = (step: number) =>
      ({ type: "record_page", step, role: null, user: "U0LEO", via: "slack", failure: null }) as const;
    const { found } = judgedTrail()
      .does(COMMANDS.declare("alone", "service:other"), 1)
      .does({ type: "deny", by: LEO, reason: "No." }, 2)
      .does(COMMANDS.declare("alone"), 10, 2)
      .does({ type: "tick" }, 16, 2)
      .does(paged(0), 16, 2)
      .does(paged(1), 16, 2)
      .forges(alone, BY.dana, 21, 2)
      .end();
    expect(found.join()).toContain("of BG-2 goes alone within a day of another person's no to the same gate");
  });
});

describe("a no after the end", () => {
  const late = (minute: number) =>
    judgedTrail()
      .does(COMMANDS.declare("alone", "service:shop"), 1)
      .does({ type: "withdraw", by: DANA }, 2)
      .does({ type: "deny", by: LEO, reason: "No." }, minute);

  test("is in order from whoever may deny, and found from anybody else, or long after the end", () => {
    expect(late(3).end().found).toEqual([]);
    const said = { type: "bypass.rejected_late", answer: "deny", ...none } as const;
    const withdrawn = () => requested().does({ type: "withdraw", by: DANA }, 2);
    expect(withdrawn().forges(said, BY.tom, 3).end().found.join()).toContain(NO_ROLE);
    const wrong = "is a late no to a bypass that takes none at that time";
    expect(withdrawn().forges(said, BY.leo, 18).end().found.join()).toContain(wrong);
    expect(withdrawn().forges(said, BY.leo, 3).forges(said, BY.mia, 4).end().found.join()).toContain(wrong);
    expect(
      withdrawn()
        .forges({ ...said, answer: "revoke" }, BY.leo, 3)
        .end()
        .found.join(),
    ).toContain(wrong);
    expect(withdrawn().forges(said, BY.dana, 3).end().found.join()).toContain("is a no by the requester");
  });

  test("bars going alone with the same target like any other", () => {
    const paged = (step: number) =>
      ({ type: "record_page", step, role: null, user: "U0LEO", via: "slack", failure: null }) as const;
    const { found } = late(10)
      .does(COMMANDS.declare("alone", "service:shop"), 11, 2)
      .does({ type: "tick" }, 17, 2)
      .does(paged(0), 17, 2)
      .does(paged(1), 17, 2)
      .forges({ type: "bypass.proceeded_alone" }, BY.dana, 22, 2)
      .end();
    expect(found.join()).toContain("of BG-2 goes alone within a day of another person's no to the same gate");
  });
});

function ack(user: string): BypassEvent {
  const { hash: policyHash } = judgedTrail();
  return { type: "ack.given", count: 1, needed: 2, accounts: [user], policyHash, roleAsOf: null };
}

function page(role: string, step: number, users: readonly string[]): BypassEvent {
  return { type: "page.addressed", purpose: "page", role, step, users, others: 0 };
}

function edition(): BypassEvent {
  const words = { verdict: "justified", gatesAtFault: [], forcedBy: "flaky", aftermath: "unknown" } as const;
  return { type: "review.submitted", edition: 1, ...words, asApprover: false, roleAsOf: null };
}

const FLAG = {
  type: "gate.flagged",
  gate: "e2e",
  item: 1,
  owner: "lead",
  dueAt: "2026-03-16T17:00:00.000Z",
  because: "count",
  count: 3,
  reviewed: 0,
  atFault: 0,
  windowSeconds: 30 * 86_400,
  bypasses: [],
} as const;

describe("an entry of no bypass that the policy on record does not give is found", () => {
  test.each<readonly [string, SystemEvent]>([
    ["flags a gate that is not sick by the policy on record", { ...FLAG, count: 2 }],
    ["counts over another window than the policy on record", { ...FLAG, windowSeconds: 60 }],
    ["gives the gate another owner than the policy on record", { ...FLAG, owner: "engineer" }],
    ["gives another time to fix the gate than the policy on record", { ...FLAG, dueAt: minuteAt(60) }],
    [
      "sends the digest to another channel than the policy on record names",
      { type: "digest.queued", slot: minuteAt(0), channel: "C0X" },
    ],
    [
      "reports a drill overdue for which the policy on record does not ask",
      { type: "drill.overdue", path: "deploy", slot: minuteAt(0) },
    ],
    [
      "addresses somebody to whom the policy on record does not give the role",
      { type: "reminder.addressed", slot: minuteAt(0), role: "lead", users: ["U0TOM"] },
    ],
    [
      "names a policy that was not on record",
      { type: "bot.started", instance: "i", release: "1", policyHash: "00".repeat(32) },
    ],
  ])("one that %s", (what, event) => {
    expect(judgedTrail().system(event, SYSTEM, 5).end().found).toEqual([`Entry 2 ${what}.`]);
  });

  test("the answer for a gate by somebody who does not own it", () => {
    const fixed = { type: "gate.fixed", gate: "e2e", item: 1, how: "changed", roleAsOf: null } as const;
    const answeredBy = (actor: Actor) => judgedTrail().system(FLAG, SYSTEM, 5).system(fixed, actor, 6).end().found;
    expect(answeredBy(BY.leo)).toEqual([]);
    expect(answeredBy(BY.tom)).toEqual([
      "Entry 3 is by somebody to whom the policy on record gives no role that owns the gate.",
    ]);
  });

  test("the recovery of a gate that is still sick", () => {
    const recovered = { type: "gate.recovered", gate: "e2e", item: 1, count: 3 } as const;
    const { found } = judgedTrail().system(FLAG, SYSTEM, 5).system(recovered, SYSTEM, 6).end();
    expect(found).toEqual(["Entry 3 closes the item of a gate that is still sick by the policy on record."]);
  });
});
