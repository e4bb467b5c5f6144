import { describe, expect, test } from "vitest";
import { REFUSAL_CODES, type RefusalCode } from "../../../src/domain/decisions/refusals.js";
import {
  approve,
  close,
  declare,
  deny,
  endAction,
  log,
  proceedAlone,
  putOff,
  revoke,
  submit,
  tick,
} from "../../support/domain/commands.js";
import {
  acked,
  actionOpened,
  approvedByLeo,
  at,
  by,
  bySystem,
  closed,
  declared,
  denied,
  escalated,
  pageSent,
  submitted,
  waived,
} from "../../support/domain/lines.js";
import { as, DANA, ENA, LEO, MIRA, TOM, unverifiable } from "../../support/domain/people.js";
import { withAck, withGate } from "../../support/domain/policies.js";
import { type Decided, given } from "../../support/domain/scenario.js";
import { LIKENESS, TOKEN } from "../../support/secrets.js";

/** Codes that no decision of the domain returns, with the part that returns each. */
const GIVEN_ELSEWHERE = {
  other_bypass: "the use cases, before anything is read of the bypass that a button or form names",
  unreadable: "the use case that shows a bypass, when an entry of it is not one that the bot writes",
  other_gate_item: "the use case of the answers for gates, which alone knows the entry that opened an item",
  no_such_gate_item: "the answers for gates, see domain/gate",
  not_gate_owner: "the answers for gates, see domain/gate",
  gate_item_closed: "the answers for gates, see domain/gate",
  no_such_text: "the use case of redaction, which alone can look the text up",
} as const satisfies Partial<Record<RefusalCode, string>>;

const alone = withAck({ aloneAfterSeconds: 600, escalate: [] });
const lineLogged = at("3m", by(DANA, { type: "bypass.logged", via: "command" }, { line: "still at it" }));
const two = withAck({ needed: 2 });
const paged = [...declared(alone), at("1s", pageSent(0, "U0LEO"))];

const over = [...approvedByLeo(), at("4m", closed)];
const MONDAY = "2026-03-16T08:00:00.000Z";
const putOffLine = by(MIRA, { type: "review.put_off", until: MONDAY, roleAsOf: null }, { reason: "Mira is away." });
const escalatedReview = bySystem("clock", { type: "review.escalated", slot: MONDAY, role: "incident-commander" });
const todo = [...over, at("5m", submitted(MIRA)), at("5m", actionOpened(MIRA, 1, "U0TOM"))];

const EXAMPLES: Record<Exclude<RefusalCode, keyof typeof GIVEN_ELSEWHERE>, () => Decided> = {
  not_found: () => given().when(approve(LEO)),
  unverifiable: () => given(...declared()).when(approve(unverifiable(LEO))),
  guest: () => given(...declared()).when(approve(as(LEO, "guest"))),
  bot: () => given(...declared()).when(approve(as(LEO, "bot"))),
  deactivated: () => given(...declared()).when(approve(as(LEO, "deactivated"))),
  foreign: () => given(...declared()).when(approve(as(LEO, "foreign"))),
  not_entitled: () => given(...declared()).when(approve(TOM)),
  self_approval: () => given(...declared()).when(approve(DANA)),
  own_request: () => given(...declared()).when(deny(DANA)),
  already_approved: () => given(...declared(two), acked(LEO, 1, 2)).when(approve(LEO), "1m"),
  not_requested: () => given(...approvedByLeo()).when(deny(LEO), "2m"),
  not_active: () => given(...declared()).when(close()),
  not_requester: () => given(...approvedByLeo()).when(close(LEO), "2m"),
  past_end: () => given(...approvedByLeo()).when(close(), "61m"),
  gave_up: () => given(...declared(), at("5m", escalated(1, "incident-commander"))).when(approve(LEO), "30m"),
  gate_never_bypass: () =>
    given(...declared())
      .under(withGate("e2e-suite", { neverBypass: "Since the outage." }))
      .when(approve(LEO)),
  requester_deactivated: () => given(...declared()).when({ ...approve(LEO), requester: "deactivated" }),
  room_full: () =>
    given(...over, ...Array.from({ length: 20 }, () => at("5m", by(DANA, { type: "review.view_added" })))).when(
      { type: "add_view", by: DANA, line: "Once more." },
      "6m",
    ),
  share_full: () =>
    given(...approvedByLeo(), ...Array.from({ length: 100 }, () => lineLogged)).when(log(DANA, "more"), "4m"),
  drills_enough: () =>
    given().when({
      ...declare({ kind: "drill" }),
      drills: Array.from({ length: 5 }, () => "2026-03-10T01:59:00.000Z"),
    }),
  reason_missing: () => given(...approvedByLeo()).when(revoke(LEO, ""), "2m"),
  alone_never: () => given(...declared()).when(proceedAlone(), "20m"),
  alone_too_early: () =>
    given(...paged)
      .under(alone)
      .when(proceedAlone(), "9m"),
  alone_escalation_open: () =>
    given(...declared(alone))
      .under(alone)
      .when(proceedAlone(), "10m"),
  alone_after_rejection: () =>
    given(...paged)
      .under(alone)
      .when(proceedAlone({ lastRejectedAt: "2026-03-09T12:00:00.000Z" }), "10m"),
  typed_wrong: () =>
    given(...paged)
      .under(alone)
      .when(proceedAlone({ typed: "yes" }), "10m"),
  text_invalid: () => given(...declared()).when(deny(LEO, "\ud83d")),
  text_secret: () => given(...declared()).when(deny(LEO, TOKEN)),
  text_likely: () => given(...declared()).when(deny(LEO, LIKENESS)),
  nothing_due: () => given(...declared()).when(tick, "1s"),
  not_over: () => given(...approvedByLeo()).when(submit(MIRA), "2m"),
  review_waived: () => given(...declared(), at("1m", denied(LEO)), at("1m", waived)).when(submit(MIRA), "2m"),
  review_closed: () => given(...over, at("5m", submitted(MIRA))).when(putOff(MIRA), "6m"),
  review_changed: () => given(...over, at("5m", submitted(MIRA))).when(submit(MIRA), "6m"),
  own_review: () => given(...over).when(submit(DANA), "5m"),
  approver_while_others: () => given(...over).when(submit(LEO), "5m"),
  not_reviewer: () => given(...over).when(submit(TOM), "5m"),
  not_own_review: () => given(...over).when({ type: "add_view", by: MIRA, line: "I saw it." }, "5m"),
  invalid_review: () => given(...over).when(submit(MIRA, { verdict: null }), "5m"),
  no_such_action: () => given(...over).when(endAction(TOM), "5m"),
  action_over: () =>
    given(...todo, at("6m", by(TOM, { type: "action.ended", action: 1, outcome: "done", roleAsOf: null }))).when(
      endAction(TOM),
      "7m",
    ),
  not_action_owner: () => given(...todo).when(endAction(ENA), "6m"),
  put_off_used_up: () => given(...over, at("5m", putOffLine), at("5m", putOffLine)).when(putOff(MIRA), "6m"),
  put_off_escalates: () => given(...over, at("5m", escalatedReview)).when(putOff(MIRA), "6m"),
  date_invalid: () => given(...over).when(putOff(MIRA, "2026-03-10"), "5m"),
  invalid_declaration: () => given().when(declare({ reason: "" })),
};

const examples = new Map<string, () => Decided>(Object.entries(EXAMPLES));

describe("Every refusal code", () => {
  test.each(REFUSAL_CODES.map((code) => [code]))(
    "%s has an example in the domain, or a note of which part returns it",
    (code) => {
      const example = examples.get(code);
      if (example === undefined) {
        expect(Object.keys(GIVEN_ELSEWHERE)).toContain(code);
        return;
      }
      expect(example().decision).toMatchObject({ ok: false, refusal: { code } });
    },
  );

  test("is listed once", () => {
    expect(new Set(REFUSAL_CODES).size).toBe(REFUSAL_CODES.length);
  });
});
