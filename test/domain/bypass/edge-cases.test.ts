import { describe, expect, test } from "vitest";
import { maySeeTexts, relevantRoles } from "../../../src/domain/bypass/decide/who-may.js";
import { nextDueAt } from "../../../src/domain/bypass/due.js";
import { isSamePerson, personNow } from "../../../src/domain/decisions/same-person.js";
import { since } from "../../support/domain/clock.js";
import { addressPage, approve, declare, log, proceedAlone, submit, tick } from "../../support/domain/commands.js";
import {
  actionOpened,
  approvedByLeo,
  at,
  bySystem,
  closed,
  declared,
  escalated,
  type Line,
  lapsed,
  paged,
  pageSent,
  reminded,
  revoked,
  submitted,
  waived,
  withdrawn,
} from "../../support/domain/lines.js";
import { DANA, LEO, MIRA, member } from "../../support/domain/people.js";
import { samplePolicy, withAck, withGate, withPath, withPerson } from "../../support/domain/policies.js";
import { given, stateOf } from "../../support/domain/scenario.js";
import { effects } from "../../support/domain/told.js";
import { LIKENESS, TOKEN } from "../../support/secrets.js";

const over = [...approvedByLeo(), at("4m", closed)];
const commander = escalated(1, "incident-commander");

describe("A bypass that ended", () => {
  test.each<[string, readonly Line[]]>([
    ["withdrawn", [...declared(), at("1m", withdrawn), at("1m", waived)]],
    ["revoked", [...approvedByLeo(), at("9m", revoked(MIRA))]],
    ["lapsed", [...declared(), at("30m", lapsed), at("30m", waived)]],
  ])("as %s keeps its status and the person who ended it, and nothing is due any more", (status, lines) => {
    const state = stateOf(...lines);
    expect(state.status).toBe(status);
    expect(nextDueAt(state)).toBeNull();
    const { by } = { by: null, ...state };
    expect(by).toEqual(status === "lapsed" ? null : expect.objectContaining({ kind: "person" }));
  });
});

describe("The next due time", () => {
  test("is that of the next step, the next reminder or the lapse, whichever comes first", () => {
    const policy = withAck({ remindEverySeconds: 1_200, giveUpAfterSeconds: 1_800 });
    expect(nextDueAt(stateOf(...declared(policy)))).toBe(Date.parse(since("5m")));
    const fullyEscalated = [...declared(policy), at("5m", commander)];
    expect(nextDueAt(stateOf(...fullyEscalated))).toBe(Date.parse(since("20m")));
    expect(nextDueAt(stateOf(...fullyEscalated, at("20m", reminded(1))))).toBe(Date.parse(since("30m")));
  });

  test("is later only if a step was raised a minute or more after its time", () => {
    const policy = withAck({ remindEverySeconds: 1_700, giveUpAfterSeconds: 1_800 });
    const lapse = (raised: string, milliseconds = 0) => {
      const step = { ...commander, at: since(raised, milliseconds) };
      return nextDueAt(stateOf(...declared(policy), step, at("29m", reminded(1))));
    };
    expect(lapse("359s", 999)).toBe(Date.parse(since("30m")));
    expect(lapse("6m")).toBe(Date.parse(since("6m")) + 1_700_000);
  });
});

describe("The effects of entries", () => {
  test("of a drill and its review do not update the readings", () => {
    const drill = declared(undefined, { kind: "drill" });
    const active = [...drill, ...approvedByLeo().slice(2)];
    expect(effects(drill, ...approvedByLeo().slice(2))).not.toContain("readings");
    expect(effects(declared(), ...approvedByLeo().slice(2))).toContain("readings");
    expect(effects([...active, closed], submitted(MIRA))).toEqual(["update alert 6", "thread review 6"]);
  });

  test("of an action's reminder address the owner of that action, among several", () => {
    const todo = [...over, submitted(MIRA), actionOpened(MIRA, 1, "U0TOM"), actionOpened(MIRA, 2, "U0ENA")];
    const slot = "2026-03-11T08:00:00.000Z";
    const line = bySystem("clock", { type: "action.reminded", action: 2, slot, stage: "before" });
    expect(effects(todo, line)).toEqual([`reminder U0ENA ${slot}`]);
  });

  test("of a review's reminder address every role that may write it, including the one it was escalated to", () => {
    const slot = "2026-03-17T16:00:00.000Z";
    const raised = bySystem("clock", { type: "review.escalated", slot, role: "incident-commander" });
    const line = bySystem("clock", { type: "review.reminded", slot, stage: "after", role: "on-call-lead" });
    expect(effects([...over, raised], line)).toEqual([
      `reminder on-call-lead ${slot}`,
      `reminder incident-commander ${slot}`,
    ]);
  });
});

describe("Two accounts are one person", () => {
  const zoe = { kind: "person", user: "U0ZOE", person: "U0ZOE", accounts: ["U0ZOE"] } as const;

  test("by name, or by the accounts of either, then or now", () => {
    expect(isSamePerson(samplePolicy, zoe, member("U0ZOE", []))).toBe(true);
    expect(isSamePerson(samplePolicy, zoe, member("W0ZOE2", []))).toBe(false);
    expect(isSamePerson(samplePolicy, { ...zoe, accounts: ["U0ZOE", "W0ZOE2"] }, member("W0ZOE2", []))).toBe(true);
    const joined = withPerson("zoe", ["U0ZOE", "W0ZOE2"]);
    expect(isSamePerson(joined, zoe, personNow(joined, "W0ZOE2"))).toBe(true);
    expect(isSamePerson(joined, { ...zoe, user: "W0ZOE2", accounts: [] }, member("U0ZOE", []))).toBe(true);
    expect(isSamePerson(joined, zoe, member("U0TOM", []))).toBe(false);
    expect(personNow(joined, "W0ZOE2")).toEqual({ kind: "person", user: "W0ZOE2", person: "zoe" });
  });
});

describe("The roles that are read before a decision", () => {
  test("are those that may declare, approve, review and see all, each once", () => {
    const [declaration] = declared();
    const review = bySystem("policy", { type: "review.opened", reviewer: "the-reviewers", dueAt: since("48h") });
    expect(relevantRoles(samplePolicy, stateOf(declaration, review))).toEqual([
      "on-call-engineer",
      "incident-commander",
      "on-call-lead",
      "the-reviewers",
    ]);
    expect(relevantRoles({ ...samplePolicy, paths: {} }, stateOf(declaration, review))).toEqual([
      "on-call-lead",
      "the-reviewers",
      "incident-commander",
    ]);
  });
});

describe("Proceed Alone", () => {
  const policy = withAck({ aloneAfterSeconds: 240, giveUpAfterSeconds: 3_600 });
  const history = [...declared(policy), at("1s", pageSent(0, "U0LEO"))];
  const alone = (elapsed: string, lines: readonly Line[] = history) =>
    given(...lines)
      .under(policy)
      .when(proceedAlone(), elapsed);

  test("waits for the outcome of every step that is due, and of no other", () => {
    expect(alone("299s").decision.ok).toBe(true);
    alone("5m").refuses("alone_escalation_open");
    const raised = [...history, at("5m", commander)];
    alone("6m", raised).refuses("alone_escalation_open");
    expect(alone("6m", [...raised, at("6m", pageSent(1, "U0IVO"))]).decision.ok).toBe(true);
  });
});

describe("A bypass whose path or gate the policy no longer has", () => {
  const gone = { ...samplePolicy, paths: {} };

  test("can still be logged by its requester and by those who may approve, not by others", () => {
    for (const who of [DANA, LEO])
      expect(
        given(...over)
          .under(gone)
          .when(log(who, "Restarted."), "5m").decision.ok,
      ).toBe(true);
    expect(
      given(...over)
        .under(gone)
        .when(log(member("U0ENA", ["on-call-engineer"]), "Restarted."), "5m").decision.ok,
    ).toBe(false);
  });

  test("can be approved after the policy dropped its gate, since nothing forbids it", () => {
    const { "e2e-suite": _, ...gates } = samplePolicy.gates;
    const { decision } = given(...declared())
      .under({ ...samplePolicy, gates })
      .when(approve(LEO), "1m");
    expect(decision.ok).toBe(true);
  });

  test("lapses with a recorded reason when its requester was deactivated", () => {
    given(...declared())
      .when({ ...approve(LEO), requester: "deactivated" }, "1m")
      .refuses(
        "requester_deactivated",
        bySystem("directory", { type: "bypass.lapsed", why: "requester_deactivated" }),
        waived,
      );
  });
});

describe("The messages of a refused declaration", () => {
  const messages = (change: Parameters<typeof declare>[0], policy = samplePolicy) =>
    (given().under(policy).when(declare(change)).refuses("invalid_declaration").problems ?? []).map(
      ({ message }) => message,
    );

  test("name a gate that may never be bypassed by its title, with the policy's reason", () => {
    const policy = withGate("e2e-suite", { neverBypass: "Since the outage." });
    expect(messages({}, policy)).toEqual(["End-to-end suite (40 min) may never be bypassed: Since the outage."]);
    expect(messages({ gates: ["no-such-gate"] })).toEqual([
      "This path does not open that gate. Choose from the gates offered.",
    ]);
  });

  test("say whether an incident is missing, a secret, not an id, or not an id of this path", () => {
    expect(messages({ incident: null })[0]).toMatch(/^Give the incident's id/);
    expect(messages({ incident: TOKEN })[0]).toMatch(/^This holds a secret/);
    for (const incident of ["INC 7 8", "INC-7;8", "<!channel>", "-INC-7", "I".repeat(101)])
      expect(messages({ incident })[0]).toMatch(/^An incident id has letters, digits .+ at most 100 of them\.$/);
    expect(messages({ incident: "I".repeat(100) })[0]).toMatch(/^This does not look like an incident id of this path/);
    expect(messages({ incident: "OPS-7" })).toEqual([
      "This does not look like an incident id of this path (^INC-\\d+$).",
    ]);
  });

  test("say that the target is missing", () => {
    expect(messages({ target: " " })[0]).toMatch(/^Say what the gates are skipped for/);
  });

  test("say whether a reason or target is too long or holds a secret", () => {
    expect(messages({ reason: "y".repeat(3_001) })[0]).toMatch(
      /^This cannot be recorded as typed: keep it to 3000 characters/,
    );
    for (const change of [{ reason: LIKENESS }, { target: LIKENESS }])
      expect(messages(change)[0]).toBe("Looks like a password.");
  });
});

describe("A path that pages nobody", () => {
  test("has an escalation of its later steps only", () => {
    const { state } = given()
      .under(withPath({ page: null }))
      .when(declare());
    expect(state?.ack.escalation).toEqual([{ role: "incident-commander", afterSeconds: 300 }]);
  });

  test("raises each step at its time, and no other", () => {
    const policy = withAck({
      escalate: [
        { afterSeconds: 60, page: "incident-commander" },
        { afterSeconds: 3_000, page: "on-call-engineer" },
      ],
    });
    const { state } = given(...declared(policy))
      .under(policy)
      .when(tick, "1m");
    expect(state?.steps.map(({ raisedAt }) => raisedAt)).toEqual([since("0s"), since("1m"), null]);
  });
});

test("An approver whose account status could not be read may not write the review", () => {
  for (const reviewers of [[], null])
    expect(
      given(...over)
        .when(
          submit({ kind: "person", user: "U0LEO", person: "leo", accountStatus: "unverifiable" }, {}, reviewers),
          "5m",
        )
        .refuses("unverifiable").code,
    ).toBe("unverifiable");
});

test("The requester may read the texts of their bypass without holding any role", () => {
  expect(maySeeTexts(samplePolicy, stateOf(...declared()), member("U0DANA", [], "dana"))).toBe(true);
  expect(maySeeTexts(samplePolicy, stateOf(...declared()), member("W0DANA2", [], "dana"))).toBe(true);
});

test("A text may have 3,000 characters, and an entry without texts has no texts field", () => {
  const line = (length: number) => given(...over).when(log(DANA, "y".repeat(length)), "5m");
  expect(line(3_000).decision.ok).toBe(true);
  line(3_001).refuses("text_invalid");
  const { decision } = given(...declared()).when(approve(LEO), "1m");
  expect(decision.entries[0]).not.toHaveProperty("texts");
});

test("An ask with nobody left to address is no failure", () => {
  given(...declared(), at("1s", paged(0, "on-call-lead", ["U0LEO"])))
    .when(addressPage(null, "on-call-engineer", ["U0LEO", "U0DANA"]), "2s")
    .records(paged(null, "on-call-engineer", []));
});

test("An alert posted after it had failed is recorded, once", () => {
  const failed = bySystem("delivery", { type: "alert.failed", code: "is_archived" });
  const place = { channel: "C0INC", ts: "1.2" };
  const posted = bySystem("delivery", { type: "alert.posted", ...place });
  given(...declared(), failed)
    .when({ type: "record_alert", posted: place }, "2s")
    .records(posted);
  given(...declared(), failed, posted)
    .when({ type: "record_alert", posted: place }, "3s")
    .refuses("nothing_due");
});
