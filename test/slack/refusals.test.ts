import { describe, expect, it } from "vitest";
import { REFUSAL_CODES, type RefusalCode } from "../../src/domain/decisions/refusals.js";
import { type AttemptedAction, refusalText } from "../../src/slack/refusals.js";
import { policyInForce } from "../support/slack-people.js";
import { recordIn } from "./messages/fixtures.js";

const policy = policyInForce();
const requested = recordIn("requested");
const denied = recordIn("denied");

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
  return refusalText({ tried, refusal, n: 1, record, inForce: policy.current(), style });
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
    expect(say("not_requested", "approve", "mrkdwn")).toMatch(/Denied by <@U0DANA>.*<!date\^/);
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
