import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type Journey, openJourney } from "../support/journey/journey.js";
import { type PolicyOnDisk, policyOnDisk, samplePolicy } from "../support/journey/policies.js";

let policy: PolicyOnDisk;
let on: Journey;
beforeAll(async () => {
  policy = await policyOnDisk(await samplePolicy());
  on = await openJourney({ policyFile: policy.file, errorsExpected: ["policy.refused"] });
});
afterEach(() => on.endsWell());
afterAll(async () => {
  await on.close();
  await policy.remove();
});

const approve = async (name: string) => {
  await on.noor.approves(name);
  await on.alertSays(name, `${name} active`);
};

describe("A grant", () => {
  it("warns of its end, offers a new linked bypass, and expires by itself", async () => {
    const { priya } = on;
    await priya.declares({ Duration: "30m", Target: "acme/shop#12", Reason: "Checkout fails for everybody." });
    await approve("BG-1");
    await on.minutesPass(26);
    await on.threadSays("BG-1", "There is no extension");
    const running = await on.alert("BG-1");
    await priya.presses("Break Glass Again", "BG-1");
    const view = await on.slack.until(() => on.slack.view(priya.id), "the form");
    const form = on.slack.render(view);
    expect(form).toContain("This follows BG-1");
    expect(form).toContain("acme/shop#12");
    expect(form).toContain("INC-219");
    expect(form).toContain("Checkout fails for everybody.");
    await priya.submits({ Reason: "Checkout still fails; the second half of the fix is ready." });
    await on.alertSays("BG-2", "follows BG-1", "the second half of the fix");
    await on.noor.denies("BG-2", "The first half was enough.");

    await on.minutesPass(5);
    await on.threadSays("BG-1", "BG-1 has expired");
    await on.alertSays("BG-1", "BG-1 expired", "the gates hold again");
    await priya.getsMessage("BG-1", "has expired");
    await on.noor.getsMessage("BG-1 expired", "could skip");
    await priya.pressesStale("Close", running);
    await priya.isTold("Not closed", "BG-1 has expired");
    expect(await on.replies("BG-1", "has expired")).toHaveLength(1);
  });

  it("can be revoked with a reason by a person who may ack, but not by its requester or others", async () => {
    const { priya, dana, lee } = on;
    await priya.declares();
    await approve("BG-3");
    await priya.presses("Revoke", "BG-3", "alert");
    await priya.isTold("Not revoked", "press Close");
    await lee.presses("Revoke", "BG-3", "alert");
    await lee.isTold("Not revoked", "you hold none of the roles");
    const seen = await on.alert("BG-3");
    await dana.revokes("BG-3", "It went to the wrong cluster.");
    await on.threadSays("BG-3", "Revoked by @Dana");
    await on.alertSays("BG-3", "BG-3 revoked", "It went to the wrong cluster.");
    await priya.getsMessage("BG-3", "Revoked by @Dana", "It went to the wrong cluster.");
    await priya.pressesStale("Close", seen);
    await priya.isTold("Not closed", "BG-3 is not active", "Revoked by @Dana");
    expect(await on.replies("BG-3", "Revoked by")).toHaveLength(1);
  });
});

describe("The system revokes a bypass", () => {
  it("when Slack reports that the requester's account was deactivated", async () => {
    const { priya } = on;
    await priya.declares();
    await approve("BG-4");
    on.slack.people.update(priya.id, { deactivated: true });
    await on.slack.event({ type: "user_change", user: { id: priya.id, deleted: true } });
    await on.threadSays("BG-4", "account was deactivated");
    await on.alertSays("BG-4", "BG-4 revoked");
    on.slack.people.update(priya.id, { deactivated: false });
  });

  it("when a check finds the account deactivated although Slack did not report it", async () => {
    const { omar } = on;
    await omar.declares();
    await approve("BG-5");
    await omar.declares({ Target: "service:still-waiting" });
    await on.alert("BG-6");
    on.slack.people.update(omar.id, { deactivated: true });
    await on.minutesPass(2);
    await on.threadSays("BG-5", "account was deactivated");
    await on.alertSays("BG-6", "BG-6 lapsed", "account was deactivated");
    await on.nobodyCanAnswer("BG-6");
    on.slack.people.update(omar.id, { deactivated: false });
    await on.minutesPass(2);
  });

  it("when the policy marks its gate never_bypass; a bad policy file changes nothing and is reported", async () => {
    const { priya, omar } = on;
    await priya.declares();
    await approve("BG-7");
    await omar.declares({ Gates: ["two-approvals"] });
    await on.alert("BG-8");

    await policy.write(`${policy.text}\nsurprise: true\n`);
    await on.minutesPass(0);
    expect(await on.get("/readyz")).toEqual({ status: 200, body: expect.stringContaining("policy_file") });
    await on.alertSays("BG-7", "BG-7 active");
    expect(await priya.opensForm()).toContain("End-to-end suite");

    const stricter = policy.text
      .replace('instead: "smoke tests (3 min)"', 'never_bypass: "It caught the last outage."')
      .replace("gates: [e2e-suite, two-approvals]", "gates: [two-approvals]");
    await policy.write(stricter);
    await on.minutesPass(0);
    await on.threadSays("BG-7", "may never be bypassed");
    await on.alertSays("BG-7", "BG-7 revoked");
    await on.alertSays("BG-8", "BG-8 requested");
    await vi.waitFor(async () => expect((await on.get("/readyz")).body).not.toContain("policy"), { timeout: 5_000 });
    expect(await omar.opensForm()).toContain("It caught the last outage.");
    await omar.presses("Withdraw", "BG-8");
    await on.nobodyCanAnswer("BG-8");
  });
});
