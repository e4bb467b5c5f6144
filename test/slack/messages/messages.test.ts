import { describe, expect, test } from "vitest";
import { messageContextOf } from "../../../src/slack/messages/context.js";
import { directMessage } from "../../../src/slack/messages/direct.js";
import { recordMessage } from "../../../src/slack/messages/show-record.js";
import { threadMessage } from "../../../src/slack/messages/thread.js";
import { acked, at, DANA, declared, ENDINGS, type Ending, opening, PRIYA, recordIn, TEXTS } from "./fixtures.js";
import { contextAfter, contextIn, labels, policy, read } from "./read-message.js";

describe("replies in the thread", () => {
  test("a reminder has both buttons while the request waits, and none once it is settled", () => {
    const waiting = threadMessage(contextIn("requested"), "reminder", 2);
    expect(labels(waiting)).toEqual(["Approve", "Deny"]);
    expect(waiting.text).toContain("<!subteam^S0LEADS>");
    expect(labels(threadMessage(contextIn("denied"), "reminder", 2))).toEqual([]);
    expect(threadMessage(contextIn("denied"), "reminder", 2).text).toContain("<@U0DANA> denied it");
  });

  test("the reply about a settlement is rendered from its entry and stays true after the end", () => {
    const context = contextIn("closed");
    expect(threadMessage(context, "settled", 4).text).toMatch(/^Approved by <@U0DANA>, .*BG-42 is active until/);
    expect(threadMessage(context, "ended", 6).text).toMatch(/^Closed by <@U0PRIYA>/);
    expect(threadMessage(context, "logged", 5).text).toContain(
      "BG-42 log by <@U0PRIYA>: Deployed 4821, login is back.",
    );
  });

  test("the reply about a denial quotes its reason, but not in a shared channel", () => {
    const at = recordIn("denied").state.version;
    expect(threadMessage(contextIn("denied"), "settled", at).text).toMatch(
      /^Denied by <@U0DANA>.*Use the feature flag instead\.$/,
    );
    const shared = threadMessage(messageContextOf(recordIn("denied"), policy, { texts: false }), "settled", at);
    expect(JSON.stringify(shared)).not.toContain("feature flag");
  });

  test("the reply about Proceed Alone starts with UNAPPROVED", () => {
    expect(threadMessage(contextIn("alone"), "alone", 4).text).toMatch(/^UNAPPROVED: <@U0PRIYA> proceeded alone/);
  });

  test("the reply about a partial ack says how many acks are missing", () => {
    const two = declared({ ack: { ...declared().ack, needed: 2 } });
    const context = contextAfter([two, PRIYA, 0, TEXTS], [acked(1, 2), DANA, 2]);
    expect(threadMessage(context, "partial", 2).text).toMatch(
      /1 of 2 acks\. <@U0DANA> approves; one more person has to/,
    );
  });

  test("the expiry warning offers Break Glass Again until the grant is closed or revoked", () => {
    expect(labels(threadMessage(contextIn("active"), "warning", 4))).toEqual(["Break Glass Again"]);
    expect(labels(threadMessage(contextIn("expired"), "warning", 5))).toEqual(["Break Glass Again"]);
    expect(labels(threadMessage(contextIn("closed"), "warning", 5))).toEqual([]);
  });

  test("the reply about a revocation by the system names the cause, and no reason of a person", () => {
    const context = contextAfter(
      ...opening(),
      [acked(1, 1), DANA, 2],
      [{ type: "bypass.activated", endsAt: at(62), approved: true }, DANA, 2],
      [{ type: "bypass.revoked", why: "requester_deactivated", roleAsOf: null }, "bot", 9],
    );
    const reply = threadMessage(context, "ended", 5);
    expect(reply.text).toContain("because the requester's account was deactivated");
    expect(read(reply)).not.toMatch(/redacted|left out/);
  });

  test("the replies about escalation and failed pages name the role", () => {
    const escalated = contextAfter(...opening(), [
      { type: "ack.escalated", step: 1, role: "incident-commander" },
      "bot",
      5,
    ]);
    expect(threadMessage(escalated, "escalated", 3).text).toMatch(
      /no ack 5 min after the declaration, so <@U0DANA> `incident-commander` is paged/,
    );
    const failed = contextAfter(...opening(), [
      { type: "page.failed", step: 0, user: null, role: "on-call-lead", via: "slack", code: "nobody_holds_role" },
      "bot",
      1,
    ]);
    expect(threadMessage(failed, "page-failed", 3).text).toMatch(
      /could not page <!subteam\^S0LEADS> `on-call-lead` \(slack: nobody_holds_role\)/,
    );
  });
});

describe("direct messages", () => {
  test("each direct message names its bypass", () => {
    for (const ending of Object.keys(ENDINGS) as Ending[]) {
      for (const about of ["ask", "pending", "outcome", "warning", "ended"] as const) {
        const message = directMessage(contextIn(ending), about, PRIYA);
        expect(message.text, `${about} ${ending}`).toContain("BG-42");
        expect(read(message), `${about} ${ending}`).toContain("BG-42");
      }
    }
  });

  test("the request for approval has the buttons and a link to the alert, and loses the buttons at the settlement", () => {
    const context = messageContextOf(recordIn("requested"), policy, {
      alertLink: "https://acme.slack.com/archives/C1/p1",
    });
    expect(labels(directMessage(context, "ask", DANA))).toEqual(["Approve", "Deny"]);
    expect(JSON.stringify(directMessage(context, "ask", DANA))).toContain(
      "<https://acme.slack.com/archives/C1/p1|Open the alert>",
    );
    for (const ending of ["active", "denied", "withdrawn", "lapsed", "closed"] as const) {
      expect(labels(directMessage(contextIn(ending), "ask", DANA)), ending).toEqual([]);
    }
  });

  test("the requester's message offers Withdraw, and Proceed Alone only where the path allows it", () => {
    const pending = directMessage(contextIn("requested"), "pending", PRIYA);
    expect(labels(pending)).toEqual(["Withdraw", "Proceed Alone"]);
    expect(pending.text).toContain("Proceed Alone is possible from <!date^1782137831^");
    const never = contextAfter(...opening({ ack: { ...declared().ack, aloneAfterSeconds: null } }));
    expect(labels(directMessage(never, "pending", PRIYA))).toEqual(["Withdraw"]);
    expect(labels(directMessage(contextIn("active"), "pending", PRIYA))).toEqual([]);
  });

  test("the approval message only says that the bypass is no longer active; the end has a message of its own", () => {
    for (const status of ["expired", "revoked"] as const) {
      const before = directMessage(contextIn(status), "outcome", PRIYA);
      expect(before.text).toMatch(/^BG-\d+ is no longer active: .* approved it/);
      expect(before.text).not.toContain(status);
      expect(directMessage(contextIn(status), "ended", PRIYA).text.toLowerCase()).toContain(status);
    }
    expect(directMessage(contextIn("closed"), "outcome", PRIYA).text).toContain("Closed by");
  });

  test("the outcome message offers Close only to the requester, and only while the bypass is active", () => {
    expect(labels(directMessage(contextIn("active"), "outcome", PRIYA))).toEqual(["Close"]);
    expect(labels(directMessage(contextIn("active"), "outcome", DANA))).toEqual([]);
    expect(labels(directMessage(contextIn("expired"), "outcome", PRIYA))).toEqual([]);
    expect(read(directMessage(contextIn("denied"), "outcome", PRIYA))).toContain("> Use the feature flag instead.");
  });

  test("the message that the end is near offers Break Glass Again, also after the expiry, but not after a Close", () => {
    const offered = (ending: Ending) => labels(directMessage(contextIn(ending), "warning", PRIYA));
    expect(offered("active")).toEqual(["Break Glass Again"]);
    expect(offered("expired")).toEqual(["Break Glass Again"]);
    expect(offered("closed")).toEqual([]);
  });

  test("the requester is told what to do when the alert could not be posted", () => {
    const context = contextAfter(...opening(), [{ type: "alert.failed", code: "is_archived" }, "bot", 1]);
    expect(directMessage(context, "alert-failed", PRIYA).text).toMatch(
      /alert of BG-42 could not be posted in #incidents \(Slack: is_archived\).*Tell the channel yourself/,
    );
  });
});

describe("the record view", () => {
  test("shows who, what, when, why and links, then the timeline", () => {
    const shown = read(recordMessage({ record: recordIn("closed"), texts: true }, policy));
    const places = ["who", "what", "when", "why", "links", "Timeline"].map((word) => shown.indexOf(`\n${word}`));
    expect(places.every((place) => place > 0)).toBe(true);
    expect([...places].sort((a, b) => a - b)).toEqual(places);
    expect(shown).toContain("approved by");
    expect(shown).toContain("logged: Deployed 4821, login is back. (entry 104)");
  });

  test("shows only gates, state and times, and no names, without the right to its texts", () => {
    const message = recordMessage({ record: recordIn("closed"), texts: false }, policy);
    const all = JSON.stringify(message);
    for (const hidden of ["U0PRIYA", "U0DANA", "INC-219", "Production login", "payments-api", "Deployed"])
      expect(all).not.toContain(hidden);
    expect(read(message)).toContain("BG-42 closed");
    expect(read(message)).toContain("End-to-end suite (40 min), Two approvals on main");
  });
});
