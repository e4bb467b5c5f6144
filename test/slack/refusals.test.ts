import { describe, expect, it } from "vitest";
import { REFUSAL_CODES, type RefusalCode } from "../../src/domain/decisions/refusals.js";
import { parsePolicy } from "../../src/domain/policy/parse.js";
import { type AttemptedAction, refusalText } from "../../src/slack/refusals.js";
import { createFakeBreakglass } from "../support/fake-breakglass.js";
import { POLICY } from "../support/slack-house.js";

const parsed = parsePolicy(POLICY, "test.yaml");
if (!parsed.ok) throw new Error("the policy of the tests is broken");
const fake = createFakeBreakglass(parsed.policy);
fake.people.set("U0ADA", { roles: ["on-call-engineer"] });
fake.people.set("U0LEA", { roles: ["on-call-lead"] });
const declaration = {
  kind: "bypass" as const,
  path: "emergency_deploy",
  gates: ["e2e-suite"],
  target: "o/r#1",
  incident: "INC-1",
  reason: "Down.",
  duration: "60m",
  again: null,
};
await fake.declare({ user: "U0ADA" }, declaration, "c1");
const requested = fake.record(1);
await fake.act({ user: "U0LEA" }, 1, { type: "deny", reason: "No." }, "c2");
const denied = fake.record(1);

const TRIED: readonly AttemptedAction[] = [
  "approve",
  "deny",
  "withdraw",
  "proceed_alone",
  "close",
  "revoke",
  "log",
  "declare",
  "look",
];
const AT = "2026-06-22T10:10:00.000Z";

function say(
  code: RefusalCode,
  tried: AttemptedAction,
  style: "mrkdwn" | "plain",
  record = denied as typeof denied | null,
): string {
  const refusal = { code, at: AT, problems: [{ field: "target", message: "Say <what>." }] } as const;
  return refusalText({ tried, refusal, n: 1, record, inForce: fake.inForce(), style });
}

describe("the sentence for a refusal", () => {
  it.each(REFUSAL_CODES)(
    "%s says what was not done and what to do next, with and without a record, in both styles",
    (code) => {
      for (const tried of TRIED) {
        for (const record of [null, requested, denied]) {
          for (const style of ["mrkdwn", "plain"] as const) {
            const text = say(code, tried, style, record);
            expect(text).toMatch(/^Not \w+( \w+)?: \S/);
            expect(text).toMatch(/[.!)?]$/);
            expect(text).not.toMatch(/undefined|null|\[object|NaN| {2}|\.\./);
            if (style === "plain") expect(text).not.toMatch(/`|<!|<@|\*/);
          }
        }
      }
    },
  );

  it("gives each code words of its own", () => {
    const texts = REFUSAL_CODES.map((code) => say(code, "approve", "mrkdwn"));
    expect(new Set(texts).size).toBe(REFUSAL_CODES.length);
  });

  it("names who settled it and when", () => {
    expect(say("not_requested", "approve", "mrkdwn")).toMatch(/Denied by <@U0LEA>.*<!date\^/);
  });

  it("names the roles that may ack", () => {
    expect(say("not_entitled", "approve", "mrkdwn")).toContain("<!subteam^S0LEADS> (`on-call-lead`)");
    expect(say("not_entitled", "approve", "plain")).toContain("Ask on-call-lead.");
  });

  it("names the moment at which Proceed Alone opens", () => {
    expect(say("alone_too_early", "proceed_alone", "mrkdwn")).toContain(`<!date^${Date.parse(AT) / 1000}^`);
    expect(say("alone_too_early", "proceed_alone", "plain")).toContain("at 2026-06-22 10:10 UTC");
    expect(say("alone_after_deny", "proceed_alone", "mrkdwn")).toContain(`<!date^${Date.parse(AT) / 1000}^`);
  });

  it("escapes what a problem quotes", () => {
    expect(say("invalid_declaration", "declare", "mrkdwn")).toContain("Say &lt;what&gt;.");
  });
});
