import { describe, expect, test } from "vitest";
import { alertMessage } from "../../../src/slack/messages/alert.js";
import { messageContextOf } from "../../../src/slack/messages/context.js";
import { directMessage } from "../../../src/slack/messages/direct.js";
import { threadMessage } from "../../../src/slack/messages/thread.js";
import { acked, DANA, declared, type Ending, opening, PRIYA, recordIn, TEXTS } from "./fixtures.js";
import { contextAfter, contextIn, labels, policy, read } from "./read-message.js";

describe("the alert", () => {
  test("says first who asks to skip which gates, for which incident", () => {
    const [headline, first] = read(alertMessage(contextIn("requested"))).split("\n");
    expect(headline).toBe("BG-42 requested: Emergency deploy for INC-219");
    expect(first).toContain(
      "U0PRIYA asks to skip End-to-end suite (40 min) e2e-suite and Two approvals on main two-approvals for INC-219",
    );
  });

  test("shows target and reason as typed, review, trail position, short head and approvers", () => {
    const message = alertMessage(contextIn("requested"));
    const json = JSON.stringify(message.blocks);
    expect(read(message)).toContain(TEXTS.reason);
    expect(read(message)).toContain(TEXTS.target_typed);
    expect(json).toContain("<!subteam^S0LEADS>");
    expect(json).toContain('"url":"https://incidents.example.com/INC-219"');
    expect(json).toMatch(/REV-42, due <!date\^1782313200\^/);
    expect(json).toMatch(/trail 101 · head [0-9a-f]{24}"/);
    expect(json).toContain("<!date^1782138731^");
  });

  test("says how many are asked by direct message when its mention has to ask the others", () => {
    const step = (others: number) =>
      contextAfter(...opening(), [
        { type: "page.addressed", purpose: "page", role: "on-call-lead", step: 0, users: [DANA, "U0LEE"], others },
        "bot",
        1,
      ]);
    expect(read(alertMessage(step(1_180)))).toContain(
      "2 of them are asked by direct message; this mention asks the other 1,180. Asked again every 3 min.",
    );
    const byMention = "2 of them are asked by direct message; the mention in the alert asks the other 1,180.";
    expect(alertMessage(step(1_180)).text).toContain(byMention);
    expect(directMessage(step(1_180), "pending", PRIYA).text).toContain(byMention);
    expect(read(alertMessage(step(0)))).not.toContain("by direct message");
  });

  test("names the time at which it lapses, which moves when a step is escalated after that time", () => {
    const late = contextAfter(...opening(), [
      { type: "ack.escalated", step: 1, role: "incident-commander" },
      "bot",
      40,
    ]);
    // Declared at 14:02, it lapses after 30 minutes. A step escalated at 14:42 adds one interval of three minutes.
    expect(alertMessage(contextIn("requested")).text).toContain("|2026-06-22 14:32 UTC>, then it lapses");
    expect(alertMessage(late).text).toContain("|2026-06-22 14:45 UTC>, then it lapses");
    expect(directMessage(late, "pending", PRIYA).text).toContain("|2026-06-22 14:45 UTC>, then it lapses");
    expect(threadMessage(late, "reminder", 3).text).toContain("|2026-06-22 14:45 UTC>");
  });

  test("repeats all of that in its text alone", () => {
    const { text } = alertMessage(contextIn("requested"));
    for (const part of [
      "BG-42 requested",
      "<@U0PRIYA>",
      "INC-219",
      TEXTS.reason,
      TEXTS.target_typed,
      "REV-42",
      "<!subteam^S0LEADS>",
      "<!date^1782138731^",
    ]) {
      expect(text).toContain(part);
    }
  });

  const buttonsIn: Record<Ending, string[]> = {
    requested: ["Approve", "Deny"],
    active: ["Close", "Revoke"],
    alone: ["Close", "Revoke"],
    denied: [],
    withdrawn: [],
    lapsed: [],
    expired: ["Write Review", "Add My View"],
    closed: ["Write Review", "Add My View"],
    revoked: ["Write Review", "Add My View"],
  };
  test.each(Object.entries(buttonsIn))("when %s offers the buttons %j", (ending, expected) => {
    expect(labels(alertMessage(contextIn(ending as Ending)))).toEqual(expected);
  });

  test.each([
    ["active", /Approved by <@U0DANA>.*<!date\^1782137111\^.*is \*active\* until <!date\^1782140711\^/],
    ["denied", /Denied by <@U0DANA>.*<!date\^.*is denied/],
    ["withdrawn", /Withdrawn by <@U0PRIYA>.*is withdrawn/],
    ["lapsed", /has lapsed.*nobody approved in time/],
    ["expired", /Approved by <@U0DANA>.*has expired/],
    ["closed", /Approved by <@U0DANA>.*Closed by <@U0PRIYA>.*is closed/],
    ["revoked", /Revoked by <@U0DANA>.*is revoked/],
  ] as const)("when %s says who decided and when", (ending, expected) => {
    expect(JSON.stringify(alertMessage(contextIn(ending)).blocks)).toMatch(expected);
  });

  test("quotes the reason of a denial and of a revocation", () => {
    expect(read(alertMessage(contextIn("denied")))).toContain("> Use the feature flag instead.");
    expect(read(alertMessage(contextIn("revoked")))).toContain("> The fix made it worse.");
  });

  test("says UNAPPROVED in the header, in the line below and in the text of a grant that nobody else approved", () => {
    const message = alertMessage(contextIn("alone"));
    expect(read(message).split("\n")[0]).toContain("BG-42 active, UNAPPROVED");
    expect(read(message)).toContain("UNAPPROVED: @U0PRIYA proceeded alone");
    expect(message.text.match(/UNAPPROVED/g)).toHaveLength(2);
  });

  test("says UNAPPROVED on a path that needs no second person", () => {
    const alone = declared({ ack: { ...declared().ack, needed: 0, escalation: [] } });
    const context = contextAfter(
      [alone, PRIYA, 0, TEXTS],
      [{ type: "bypass.activated", endsAt: "2026-06-22T15:02:11.000Z", approved: false }, PRIYA, 0],
    );
    expect(read(alertMessage(context))).toContain("UNAPPROVED: this path asks for no second person");
  });

  test("shows how many acks of how many were given, and by whom", () => {
    const two = declared({ ack: { ...declared().ack, needed: 2 } });
    const context = contextAfter([two, PRIYA, 0, TEXTS], [acked(1, 2), DANA, 2]);
    expect(JSON.stringify(alertMessage(context).blocks)).toContain("1 of 2 acks (<@U0DANA>)");
    expect(labels(alertMessage(context))).toEqual(["Approve", "Deny"]);
  });

  test("lists the pages that failed", () => {
    const context = contextAfter(...opening(), [
      { type: "page.failed", step: 0, user: DANA, role: null, via: "slack", code: "user_disabled" },
      "bot",
      1,
    ]);
    expect(JSON.stringify(alertMessage(context).blocks)).toContain(
      "*Could not be paged:* <@U0DANA> (slack: user_disabled)",
    );
  });

  test("mentions the roles that the escalation has paged", () => {
    const context = contextAfter(...opening(), [
      { type: "ack.escalated", step: 1, role: "incident-commander" },
      "bot",
      5,
    ]);
    expect(JSON.stringify(alertMessage(context).blocks)).toContain("*Can approve:* <!subteam^S0LEADS> <@U0DANA>.");
  });

  test("of a drill starts with the DRILL mark", () => {
    const context = contextAfter(...opening({ kind: "drill" }));
    expect(read(alertMessage(context))).toMatch(/^DRILL BG-42 requested: .*\nDRILL: a rehearsal/);
    expect(alertMessage(context).text).toMatch(/^DRILL BG-42/);
  });

  test("in a shared channel leaves out reason and target, and says so", () => {
    const shared = alertMessage(messageContextOf(recordIn("denied"), policy, { texts: false }));
    const all = JSON.stringify(shared);
    expect(all).toContain("Reason and target are left out: this channel is shared with another organisation.");
    for (const secret of ["Production login", "payments-api", "feature flag"]) expect(all).not.toContain(secret);
  });

  test("shows a redacted text as redacted", () => {
    const message = alertMessage(contextAfter(...opening({}, { ...TEXTS, reason: null })));
    expect(read(message)).toContain("> redacted");
    expect(message.text).toContain("Reason: redacted");
  });

  test("gets new block ids with each version, and its buttons carry number, version and identity", () => {
    const before = alertMessage(contextIn("requested"));
    const after = alertMessage(contextIn("active"));
    expect(before.blocks.map((block) => block.block_id)).toContain("bg-42-v2-actions");
    expect(after.blocks.map((block) => block.block_id)).toContain("bg-42-v4-actions");
    expect(JSON.stringify(before.blocks)).toMatch(/"value":"BG-42@2#[0-9a-f]{24}"/);
  });

  test("colours only Approve", () => {
    const json = JSON.stringify([alertMessage(contextIn("requested")), alertMessage(contextIn("active"))]);
    expect(json.match(/"style":"(primary|danger)"/g)).toEqual(['"style":"primary"']);
    expect(json).toContain('"accessibility_label":"Deny BG-42"');
  });
});
