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

const NO = "another person said no to this gate within the last 24 hours";

describe("Another person's no bars Proceed Alone for a day", () => {
  it("for whoever was revoked and declares again", async () => {
    const { priya, dana } = on;
    await priya.declares({ Path: "alone", Target: "service:search" });
    await dana.approves("BG-1");
    await on.alertSays("BG-1", "BG-1 active");
    await dana.revokes("BG-1", "The search is not what is broken.");
    await on.alertSays("BG-1", "BG-1 revoked");
    await priya.declares({ Path: "alone", Target: "service:checkout" });
    await on.alert("BG-2");
    await on.minutesPass(11);
    await on.allIsDelivered();
    await priya.presses("Proceed Alone", "BG-2");
    await priya.isTold(NO);
    await priya.presses("Withdraw", "BG-2");
    await on.nobodyCanAnswer("BG-2");
  });

  it("for a colleague with another spelling, or with words", async () => {
    const { priya, omar, dana } = on;
    await on.minutesPass(24 * 60);
    await priya.declares({ Path: "alone", Target: "acme/api#77" });
    await dana.denies("BG-3", "The suite is right.");
    await on.alertSays("BG-3", "BG-3 denied");
    await omar.declares({ Path: "alone", Target: "PR https://github.com/\u0430cme/api/pulls/077 please" });
    await on.alertSays("BG-4", "github:acme/api#77");
    await on.minutesPass(11);
    await on.allIsDelivered();
    await omar.presses("Proceed Alone", "BG-4");
    await omar.isTold(NO);
    await omar.presses("Withdraw", "BG-4");
    await on.nobodyCanAnswer("BG-4");

    await omar.declares({ Path: "alone", Target: "the pull request about the basket" });
    await on.alert("BG-5");
    await on.minutesPass(11);
    await on.allIsDelivered();
    await omar.presses("Proceed Alone", "BG-5");
    await omar.isTold(NO, "A target in words counts as the same");
    await omar.presses("Withdraw", "BG-5");
    await on.nobodyCanAnswer("BG-5");
  });

  it("and not for a colleague with another target", async () => {
    const { omar } = on;
    await omar.declares({ Path: "alone", Target: "acme/api#78" });
    await on.alert("BG-6");
    await on.minutesPass(11);
    await on.allIsDelivered();
    await omar.proceedsAlone("BG-6");
    await on.alertSays("BG-6", "BG-6 active, UNAPPROVED");
    await omar.presses("Close", "BG-6");
    await on.alertSays("BG-6", "BG-6 closed");
  });
});

describe("A no that somebody is writing is not lost when the requester ends the bypass first", () => {
  it("neither by a Withdraw", async () => {
    const { priya, dana } = on;
    await on.minutesPass(24 * 60);
    await priya.declares({ Path: "alone", Target: "service:ledger" });
    await on.alert("BG-7");
    await dana.opens("Deny", "BG-7");
    await priya.presses("Withdraw", "BG-7");
    await on.alertSays("BG-7", "BG-7 withdrawn");
    const answer = await dana.submits({ Reason: "The ledger is closed for the year." });
    expect(JSON.stringify(answer)).toContain("Your no is on record all the same");
    await on.threadSays("BG-7", "@Dana said no to BG-7");
    await on.alertSays("BG-7", "BG-7 withdrawn", "@Dana said no after that", "The ledger is closed for the year.");
    expect(await priya.types("show BG-7")).toContain("said no after the end (deny): The ledger is closed");

    await priya.declares({ Path: "alone", Target: "service:ledger" });
    await on.alert("BG-8");
    await on.minutesPass(11);
    await on.allIsDelivered();
    await priya.presses("Proceed Alone", "BG-8");
    await priya.isTold(NO);
    await priya.presses("Withdraw", "BG-8");
    await on.nobodyCanAnswer("BG-8");
  });

  it("nor by a Close", async () => {
    const { priya, dana } = on;
    await on.minutesPass(24 * 60);
    await priya.declares({ Path: "alone", Target: "service:ledger" });
    await dana.approves("BG-9");
    await on.alertSays("BG-9", "BG-9 active");
    const active = await on.alert("BG-9");
    await dana.opens("Revoke", "BG-9");
    await priya.presses("Close", "BG-9");
    await on.alertSays("BG-9", "BG-9 closed");
    await dana.submits({ Reason: "It was the wrong service." });
    await on.threadSays("BG-9", "@Dana said no to BG-9");
    await dana.pressesStale("Revoke", active);
    await dana.isTold("Not revoked", "BG-9 is not active");
  });
});

describe("A human whom Slack knows by two ids is one person", () => {
  it("who neither approves nor denies what they declared with the other id", async () => {
    const { priya, dana } = on;
    on.slack.people.add({ id: "W0PRIYA", name: "priya", sameAs: "U0PRIYA" });
    on.slack.groups.set("S0LEADS", ["U0DANA", "W0PRIYA"]);
    const twin = on.person("W0PRIYA");
    await on.minutesPass(1);
    await priya.declares({ Path: "alone", Target: "service:basket" });
    await on.alert("BG-10");
    await twin.approves("BG-10", "alert");
    await twin.isTold("Not approved", "nobody approves their own bypass");
    await twin.presses("Deny", "BG-10", "alert");
    await twin.isTold("Not denied", "your own");
    await dana.denies("BG-10", "Not today.");
    await on.alertSays("BG-10", "BG-10 denied");

    await on.minutesPass(24 * 60);
    on.slack.groups.set("S0ONCALL", ["U0OMAR", "W0PRIYA"]);
    await on.minutesPass(1);
    await twin.declares({ Path: "two", Gates: ["two-approvals"], Target: "service:basket" });
    await on.alert("BG-11");
    on.slack.groups.set("S0LEADS", ["U0DANA", "U0PRIYA"]);
    await on.minutesPass(1);
    await priya.approves("BG-11", "alert");
    await priya.isTold("Not approved", "nobody approves their own bypass");
    await twin.presses("Withdraw", "BG-11");
    await on.nobodyCanAnswer("BG-11");
  });

  it("who holds the role that a user group gives to either", async () => {
    const { omar } = on;
    on.slack.people.add({ id: "W0DANA", name: "dana", sameAs: "U0DANA" });
    on.slack.groups.set("S0LEADS", ["U0DANA"]);
    await on.minutesPass(1);
    await omar.declares({ Path: "alone", Target: "service:mail" });
    await on.alert("BG-12");
    await on.person("W0DANA").approves("BG-12", "alert");
    await on.threadSays("BG-12", "Approved by");
    await omar.presses("Close", "BG-12");
    await on.alertSays("BG-12", "BG-12 closed");
  });
});
