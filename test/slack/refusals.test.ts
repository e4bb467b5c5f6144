import { describe, expect, it } from "vitest";
import { REFUSAL_CODES, type RefusalCode } from "../../src/domain/decisions/refusals.js";
import { type AttemptedAction, refusalText } from "../../src/slack/refusals.js";
import { policyInForce } from "../support/slack-people.js";
import { recordIn } from "./messages/fixtures.js";

const policy = policyInForce();
const requested = recordIn("requested");
const denied = recordIn("denied");

const ATTEMPTS: readonly AttemptedAction[] = [
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

function textFor(
  code: RefusalCode,
  tried: AttemptedAction,
  style: "mrkdwn" | "plain",
  record = denied as typeof denied | null,
): string {
  const refusal = { code, at: AT, problems: [{ field: "target", message: "Say <what>." }] } as const;
  return refusalText({ tried, refusal, n: 1, record, inForce: policy.current(), style });
}

describe("the text of a refusal", () => {
  it.each(REFUSAL_CODES)(
    "%s says what was not done and what to do next, with and without a record, in both styles",
    (code) => {
      for (const tried of ATTEMPTS) {
        for (const record of [null, requested, denied]) {
          for (const style of ["mrkdwn", "plain"] as const) {
            const text = textFor(code, tried, style, record);
            expect(text).toMatch(/^Not \w+( \w+)?: \S/);
            expect(text).toMatch(/[.!)?]$/);
            expect(text).not.toMatch(/undefined|null|\[object|NaN| {2}|\.\./);
            if (style === "plain") expect(text).not.toMatch(/`|<!|<@|\*/);
          }
        }
      }
    },
  );

  it("differs for each code", () => {
    const texts = REFUSAL_CODES.map((code) => textFor(code, "approve", "mrkdwn"));
    expect(new Set(texts).size).toBe(REFUSAL_CODES.length);
  });

  it("names who settled the request and when", () => {
    expect(textFor("not_requested", "approve", "mrkdwn")).toMatch(/Denied by <@U0DANA>.*<!date\^/);
  });

  it("names the roles that may ack", () => {
    expect(textFor("not_entitled", "approve", "mrkdwn")).toContain("<!subteam^S0LEADS> (`on-call-lead`)");
    expect(textFor("not_entitled", "approve", "plain")).toContain("Ask on-call-lead.");
  });

  it("names the time from which Proceed Alone is allowed", () => {
    expect(textFor("alone_too_early", "proceed_alone", "mrkdwn")).toContain(`<!date^${Date.parse(AT) / 1000}^`);
    expect(textFor("alone_too_early", "proceed_alone", "plain")).toContain("at 2026-06-22 10:10 UTC");
    expect(textFor("alone_after_rejection", "proceed_alone", "mrkdwn")).toContain(`<!date^${Date.parse(AT) / 1000}^`);
  });

  it("escapes what a problem quotes", () => {
    expect(textFor("invalid_declaration", "declare", "mrkdwn")).toContain("Say &lt;what&gt;.");
  });
});
