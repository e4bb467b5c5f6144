import { describe, expect, test } from "vitest";
import { declare } from "../../support/domain/commands.js";
import { activated, by, bySystem, declared, REVIEW_DUE } from "../../support/domain/lines.js";
import { as, DANA, ENA, TOM, unverifiable } from "../../support/domain/people.js";
import { samplePolicy, withAck, withGate, withPath } from "../../support/domain/policies.js";
import { given } from "../../support/domain/scenario.js";
import { LIKENESS, TOKEN } from "../../support/secrets.js";
import { fill, randomOf } from "../text/labelled/fill.js";

/** The entry of the declaration, with its texts as recorded. */
const recordedTexts = (texts: Record<string, string> = {}) => ({
  reason: "Checkout is down; the fix is one line.",
  target_typed: "acme/payments#4821",
  target_key: "github:acme/payments#4821",
  ...texts,
});

describe("A declaration", () => {
  const [declaration, review] = declared();

  test("opens the bypass and its review in one decision", () => {
    given()
      .when(declare())
      .records({ ...declaration, texts: recordedTexts() }, review);
  });

  test("is active at once, but not approved, if the path requires no second person", () => {
    const policy = withAck({ needed: 0 });
    const [first, second] = declared(policy);
    given()
      .under(policy)
      .when(declare())
      .records({ ...first, texts: recordedTexts() }, second, activated(DANA, "60m", false));
  });

  test("records the escalation, whose first step is the page of the path, and how many must approve", () => {
    const policy = withAck({ needed: 3, escalate: [{ afterSeconds: 60, page: "incident-commander" }] });
    const { state } = given().under(policy).when(declare());
    expect(state?.ack.needed).toBe(3);
    expect(state?.steps).toEqual([
      { role: "on-call-lead", afterSeconds: 0, raisedAt: state?.declaredAt, outcome: "none" },
      { role: "incident-commander", afterSeconds: 60, raisedAt: null, outcome: "none" },
    ]);
  });

  test("lists each gate once", () => {
    const { state } = given().when(declare({ gates: ["e2e-suite", "two-approvals", "e2e-suite"] }));
    expect(state?.gates).toEqual(["e2e-suite", "two-approvals"]);
  });

  test("records when the roles were read, if the reading was stale", () => {
    const asOf = "2026-03-10T01:50:00.000Z";
    const { decision } = given().when(declare({}, { ...DANA, roleAsOf: asOf }));
    expect(decision.entries[0]?.event).toMatchObject({ type: "bypass.declared", roleAsOf: asOf });
  });

  test("records the bypass that it repeats", () => {
    const { decision } = given().when(declare({ again: 41 }));
    expect(decision.entries[0]?.event).toMatchObject({ again: 41 });
  });

  test.each([
    ["https://github.com/acme/Payments/pull/4821/files", "github-pr", "github:acme/payments#4821"],
    ["github:ACME/payments#4821", "github-pr", "github:acme/payments#4821"],
    [`acme/payments@${"AB".repeat(20)}`, "github-commit", `github:acme/payments@${"ab".repeat(20)}`],
    ["service: Checkout-API", "service", "service:checkout-api"],
    ["DB:orders", "db", "db:orders"],
  ])("reads the target %s as its kind", (target, kind, key) => {
    const { decision } = given().when(declare({ target }));
    expect(decision.entries[0]?.event).toMatchObject({ target: { kind } });
    expect(decision.entries[0]?.texts).toMatchObject({ target_typed: target, target_key: key });
  });

  test.each([
    ["acme/pay\u200D#1", "acme/pay#1"],
    ["acme/pay #1.", "acme/pay#1"],
    ["acme/pay.git#1", "acme/pay#1"],
    ["https://www.github.com/acme/pay/pull/1", "acme/pay#1"],
    ["service : pay", "service:pay"],
    ["service:pay/", "service:pay"],
    ["The Printer", "the\uFE0F  printer!"],
    ["\uFF44\uFF42:orders", "db:orders"],
  ])("reads %s and %s as one target", (one, other) => {
    const key = (target: string) => given().when(declare({ target })).decision.entries[0]?.texts?.target_key;
    expect(key(one)).toBe(key(other));
    expect(key(one)).toBeDefined();
  });

  test.each([
    ["the login page", "What you typed reads as plain words."],
    ["db:orders", "What you typed reads as db:orders."],
  ])("refuses %s where the path takes only pull requests, commits and services", (target, reads) => {
    const narrow = withPath({ target: ["github", "service"] });
    const message = `This path takes a pull request or commit (its address, or owner/repo#123) or service:name. ${reads}`;
    expect(given().under(narrow).when(declare({ target })).decision).toMatchObject({
      ok: false,
      refusal: { code: "invalid_declaration", problems: [{ field: "target", message }] },
    });
    expect(given().under(narrow).when(declare()).decision.ok).toBe(true);
  });

  test("keeps a free-text target out of the chain, as a text that can be redacted", () => {
    const { decision } = given().when(declare({ target: "The  Printer\tin 4B" }));
    const texts = {
      reason: recordedTexts().reason,
      target_typed: "The  Printer in 4B",
      target_key: "text:the printer in 4b",
    };
    expect(decision.entries[0]).toMatchObject({ event: { target: { kind: "text" } }, texts });
    expect(JSON.stringify(decision.entries[0]?.event)).not.toMatch(/printer/i);
  });

  test("records typed text only as texts: the event holds none of it", () => {
    const { decision } = given().when(declare({ reason: "Because of the heron." }));
    expect(JSON.stringify(decision.entries.map((entry) => entry.event))).not.toContain("heron");
  });
});

describe("A declaration is refused", () => {
  const problems = (change: Parameters<typeof declare>[0], policy = samplePolicy) =>
    given().under(policy).when(declare(change)).refuses("invalid_declaration").problems ?? [];
  const fields = (change: Parameters<typeof declare>[0], policy = samplePolicy) =>
    problems(change, policy).map((problem) => problem.field);

  test("with every problem at once, each with a message that says how to fix it", () => {
    const problemsFound = problems({ gates: [], target: " ", incident: null, reason: "", duration: "61m" });
    expect(problemsFound.map((problem) => problem.field)).toEqual([
      "gates",
      "target",
      "incident",
      "reason",
      "duration",
    ]);
    for (const { message } of problemsFound) expect(message).toMatch(/^[A-Z].{15,}\.$/);
  });

  test("when the policy has no such path, even for a name that every object has", () => {
    expect(fields({ path: "constructor" })).toEqual(["path"]);
    expect(fields({ path: "gone" })).toEqual(["path"]);
  });

  test("when a gate may never be bypassed, with the policy's reason, even if the path lists it", () => {
    const [problem] = problems(
      { gates: ["e2e-suite", "secret-scan"] },
      withPath({ gates: ["e2e-suite", "secret-scan"] }),
    );
    expect(problem).toMatchObject({
      field: "gates",
      message: expect.stringContaining("A leaked key cannot be unleaked."),
    });
    const [later] = problems({}, withGate("e2e-suite", { neverBypass: "Since the outage." }));
    expect(later?.message).toContain("Since the outage.");
  });

  test("when the path does not list a gate", () => {
    expect(fields({ gates: ["two-approvals"] }, withPath({ gates: ["e2e-suite"] }))).toEqual(["gates"]);
    expect(fields({ gates: ["no-such-gate"] })).toEqual(["gates"]);
  });

  test.each(["7", "INC-", "OPS-7", "INC-7x", "INC-7\nINC-8", "<!channel>", "-INC-7", "I".repeat(101)])(
    "when the incident %j does not match the path's pattern",
    (incident) => {
      expect(fields({ incident })).toEqual(["incident"]);
    },
  );

  test.each([
    "inc-7",
    "INC\u20137",
    "INC-7.",
    "#INC-7",
    "inc 7",
    "INC7",
    "https://incidents.example.com/INC-7?from=phone",
  ])("but not when the incident %j only spells what the pattern wants in another way", (incident) => {
    const { decision } = given().when(declare({ incident }));
    expect(decision.entries[0]?.event).toMatchObject({ incident: "INC-7" });
  });

  test("never by changing the spelling of an incident that the pattern accepts as it was typed", () => {
    const { decision } = given()
      .under(withPath({ incidentPattern: null }))
      .when(declare({ incident: "inc-7" }));
    expect(decision.entries[0]?.event).toMatchObject({ incident: "inc-7" });
  });

  test("by the incident pattern as documented, with the u flag", () => {
    const policy = withPath({ incidentPattern: "^\\p{Lu}{3}-\\d+$" });
    given()
      .under(policy)
      .when(declare({ incident: "OPS-12" }));
    expect(
      given()
        .under(policy)
        .when(declare({ incident: "OPS-12" })).decision.ok,
    ).toBe(true);
    expect(fields({ incident: "p{Lu}-12" }, policy)).toEqual(["incident"]);
  });

  test("never for a missing incident if the path requires none", () => {
    const policy = withPath({ requires: { incidentId: false, secondPersonAck: true } });
    const { decision } = given()
      .under(policy)
      .when(declare({ incident: "  " }));
    expect(decision.entries[0]?.event).toMatchObject({ incident: null });
  });

  test("when the target is a commit with a short id, or too long", () => {
    expect(fields({ target: "acme/payments@abcdef1" })).toEqual(["target"]);
    expect(fields({ target: "x".repeat(201) })).toEqual(["target"]);
  });

  test("unless a text that merely looks like a secret is confirmed, in the incident as well", () => {
    const incident = fill("INC-{A24}", randomOf("an incident"));
    const reason = LIKENESS;
    const asked = given()
      .under(withPath({ incidentPattern: null }))
      .when(declare({ incident, reason })).decision;
    expect(asked.ok ? [] : asked.refusal.problems).toEqual([
      {
        field: "incident",
        message: "Looks like a key or token. The incident's id stays on record for good and cannot be redacted.",
        asks: true,
      },
      { field: "reason", message: "Looks like a password.", asks: true },
    ]);
    const sent = given()
      .under(withPath({ incidentPattern: null }))
      .when(declare({ incident, reason, confirmed: [incident, reason] })).decision;
    expect(sent.ok).toBe(true);
  });

  test("when a secret was pasted into target, incident or reason, without repeating it", () => {
    const secret = TOKEN;
    const problemsFound = problems({ target: secret, incident: secret, reason: `It says ${secret} in the log` });
    expect(problemsFound.map((problem) => problem.field)).toEqual(["target", "incident", "reason"]);
    expect(JSON.stringify(problemsFound)).not.toContain(secret);
  });

  test("when the reason is only white space or invisible characters, or too long", () => {
    expect(fields({ reason: " \u200b\n" })).toEqual(["reason"]);
    expect(fields({ reason: "y".repeat(3001) })).toEqual(["reason"]);
    expect(given().when(declare({ reason: "y".repeat(3000) })).decision.ok).toBe(true);
  });

  test("when a text holds half of a surrogate pair, with a message for the person", () => {
    const problemsFound = problems({ target: "a\ud83d", reason: "b\ud83d" });
    expect(problemsFound.map((problem) => problem.field)).toEqual(["target", "reason"]);
    for (const { message } of problemsFound)
      expect(message).toMatch(
        /^This cannot be recorded as typed: .*, and take out broken characters, often an emoji\.$/,
      );
  });

  test.each(["61m", "1h", "24h", "0m", "-15m", "15", ""])(
    "when the duration %j is not one of those offered",
    (duration) => {
      expect(fields({ duration })).toEqual(["duration"]);
    },
  );

  test.each(["15m", "30m", "60m"])("never for the duration %s, which is offered", (duration) => {
    const { decision } = given().when(declare({ duration }));
    expect(decision.entries[0]?.event).toMatchObject({ durationSeconds: Number.parseInt(duration, 10) * 60 });
  });

  test("from a person without a role of the path, and nothing is recorded because no bypass exists", () => {
    given().when(declare({}, TOM)).refuses("not_entitled");
    expect(given().when(declare({}, ENA)).decision.ok).toBe(true);
  });

  test.each(["guest", "bot", "deactivated", "foreign"] as const)(
    "from a %s account, whatever roles it holds",
    (accountStatus) => {
      given()
        .when(declare({}, as(DANA, accountStatus)))
        .refuses(accountStatus);
    },
  );

  test("from a person whose account could not be verified", () => {
    given()
      .when(declare({}, unverifiable(DANA)))
      .refuses("unverifiable");
  });
});

test("A second declaration of one bypass is a fault, not a refusal", () => {
  expect(() => given(...declared()).when(declare())).toThrow(/declared once/);
});

test("The review is assigned to the path's reviewer and due by the office calendar", () => {
  const { decision } = given().when(declare());
  expect(decision.entries[1]).toMatchObject(
    bySystem("policy", { type: "review.opened", reviewer: "on-call-lead", dueAt: REVIEW_DUE }),
  );
  expect(decision.entries[0]?.actor).toEqual(by(DANA, { type: "bypass.closed" }).actor);
});
