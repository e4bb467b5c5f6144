import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Journey, openJourney } from "../support/journey/journey.js";
import { FOUR_PATHS, type PolicyOnDisk, policyOnDisk } from "../support/journey/policies.js";

let policy: PolicyOnDisk;
let on: Journey;
beforeAll(async () => {
  policy = await policyOnDisk(FOUR_PATHS);
  on = await openJourney({ policyFile: policy.file });
});
afterEach(() => on.endsWell());
afterAll(async () => {
  await on.close();
  await policy.remove();
});

describe("A request that nobody answers", () => {
  it("is reminded, escalated to a person who may then approve, and lapses with its review waived", async () => {
    const { priya, dana, lee } = on;
    await priya.declares({ Path: "escalation" });
    await dana.getsMessage("BG-1", "[Approve]");
    await lee.approves("BG-1", "alert");
    await lee.isTold("Not approved", "you hold none of the roles");

    await on.minutesPass(3);
    await on.threadSays("BG-1", "BG-1 still waits");
    expect(await on.replies("BG-1", "[Approve] [Deny]")).toHaveLength(1);
    expect(lee.inbox("BG-1")).toEqual([]);

    await on.minutesPass(2);
    await on.threadSays("BG-1", "BG-1 escalated");
    await lee.getsMessage("BG-1", "[Approve] [Deny]");
    await on.alertSays("BG-1", "@Lee");

    for (const reminders of [2, 3, 4]) {
      await on.minutesPass(reminders === 2 ? 1 : 3);
      expect(await on.replies("BG-1", "[Approve] [Deny]")).toHaveLength(reminders);
    }
    await on.minutesPass(3);
    await on.threadSays("BG-1", "BG-1 has lapsed");
    await on.alertSays("BG-1", "BG-1 lapsed", "waived");
    await priya.getsMessage("BG-1", "has lapsed");
    await lee.getsMessage("BG-1", "has lapsed");
    await on.nobodyCanAnswer("BG-1");
    expect(await on.replies("BG-1", "has lapsed")).toHaveLength(1);
  });

  it("can be approved by anyone whom the escalation has paged", async () => {
    const { omar, lee } = on;
    await omar.declares({ Path: "escalation", Target: "service:checkout" });
    await on.alert("BG-2");
    await on.minutesPass(5);
    await lee.approves("BG-2");
    await on.threadSays("BG-2", "Approved by @Lee");
    await on.nobodyCanAnswer("BG-2");
    await omar.presses("Close", "BG-2");
    await on.threadSays("BG-2", "Closed by @Omar");
  });
});

describe("Proceed Alone", () => {
  it("is offered only after the whole escalation, requires the exact words, and is announced", async () => {
    const { priya, dana, lee } = on;
    await priya.declares({ Path: "alone", Target: "service:search" });
    await dana.getsMessage("BG-3", "[Approve]");
    await priya.getsMessage("BG-3", "Proceed Alone is possible from");
    await priya.presses("Proceed Alone", "BG-3");
    await priya.isTold("others still have time");

    const lift = on.slack.faults.set("chat.postMessage", { kind: "rate_limit", retryAfter: 30 }, "always");
    await on.minutesPass(11);
    await priya.presses("Proceed Alone", "BG-3");
    await priya.isTold("not everyone whose turn it is has been paged yet");
    lift();
    await on.minutesPass(1);
    await lee.getsMessage("BG-3", "[Approve]");
    await on.allIsDelivered();
    const wrong = await priya.proceedsAlone("BG-3", "break glass");
    expect(wrong.errors).toEqual({ "Type BREAK GLASS": expect.stringContaining("in capitals") });
    await priya.submits({ "Type BREAK GLASS": "BREAK GLASS" });
    await on.threadSays("BG-3", "UNAPPROVED");
    await on.alertSays("BG-3", "BG-3 active, UNAPPROVED", "@Priya proceeded alone");
    await priya.getsMessage("BG-3", "UNAPPROVED", "[Close]");
    await on.nobodyCanAnswer("BG-3");
    expect((await on.replies("BG-3", "UNAPPROVED")).map((one) => one.reply_broadcast)).toEqual([true]);
    await on.minutesPass(31);
    await on.alertSays("BG-3", "BG-3 expired, UNAPPROVED");
  });

  it("does not get around a Deny of the same gate and target for a day", async () => {
    const { priya, dana, omar } = on;
    await omar.declares({ Path: "alone", Target: "acme/shop#7" });
    await dana.denies("BG-4", "The suite is right: this breaks checkout.");
    await priya.declares({ Path: "alone", Target: "https://github.com/acme/shop/pull/7" });
    await on.alert("BG-5");
    await on.minutesPass(11);
    await priya.presses("Proceed Alone", "BG-5");
    await priya.isTold("said no to this gate within the last 24 hours");
    await priya.presses("Withdraw", "BG-5");
    await on.nobodyCanAnswer("BG-5");

    await on.minutesPass(24 * 60);
    await priya.declares({ Path: "alone", Target: "acme/shop#7" });
    await on.alert("BG-6");
    await on.minutesPass(11);
    await on.allIsDelivered();
    await priya.proceedsAlone("BG-6");
    await on.alertSays("BG-6", "BG-6 active, UNAPPROVED");
    await priya.presses("Close", "BG-6");
    await on.alertSays("BG-6", "BG-6 closed");
  });
});

describe("An approval", () => {
  it("needs two different persons when the path requires two", async () => {
    const { priya, dana, danaSecondAccount, lee } = on;
    on.slack.groups.set("S0LEADS", ["U0DANA", "W0DANA2", "U0NOOR"]);
    await on.minutesPass(1);
    await priya.declares({ Path: "two", Gates: ["two-approvals"] });
    await dana.approves("BG-7");
    await on.threadSays("BG-7", "1 of 2 acks");
    await on.alertSays("BG-7", "1 of 2 acks (@Dana)", "[Approve] [Deny]");
    await dana.approves("BG-7");
    await dana.isTold("Not approved", "you have approved it already");
    await danaSecondAccount.approves("BG-7", "alert");
    await danaSecondAccount.isTold("Not approved", "you have approved it already");
    await lee.approves("BG-7");
    await on.threadSays("BG-7", "Approved by @Dana and @Lee");
    await on.nobodyCanAnswer("BG-7");
    expect(await on.replies("BG-7", "Approved by")).toHaveLength(1);
    await priya.presses("Close", "BG-7");
    await on.alertSays("BG-7", "BG-7 closed");
  });

  it("is not needed on a path without a second person, and the alert says that nobody approved", async () => {
    const { priya, dana } = on;
    await priya.declares({ Path: "at_once", Gates: ["change-window"], Duration: "15m" });
    await on.alertSays("BG-8", "BG-8 active, UNAPPROVED", "asks for no second person");
    await dana.getsMessage("BG-8", "UNAPPROVED");
    await on.nobodyCanAnswer("BG-8");
    await on.minutesPass(16);
    await on.alertSays("BG-8", "BG-8 expired, UNAPPROVED");
    await on.threadSays("BG-8", "BG-8 has expired");
  });
});

describe("The form", () => {
  it("offers the available paths and shows the gates and durations of the chosen one", async () => {
    const { omar } = on;
    const first = await omar.opensForm();
    expect(first).toContain("Path: [With an escalation ▾]");
    expect(first).toContain("Duration: [60m ▾]");
    await on.slack.as(omar.id).fill({ Reason: "The database is read-only.", Path: "at_once" });
    const view = await on.slack.until(() => on.slack.view(omar.id), "the form");
    const rerendered = on.slack.render(view);
    for (const words of [
      "Path: [At once ▾]",
      "Change window",
      "ask the lead on call",
      "Duration: [15m ▾]",
      "asks for no second person",
    ])
      expect(rerendered).toContain(words);
    expect(rerendered).not.toContain("End-to-end suite");
    await omar.submits({ Gates: ["change-window"], Target: "db:orders" });
    await on.alertSays("BG-9", "At once", "The database is read-only.", "db:orders");
    await omar.presses("Close", "BG-9", "alert");
    await on.alertSays("BG-9", "BG-9 closed");
  });
});
