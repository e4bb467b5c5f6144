import { afterAll, beforeAll, expect, it } from "vitest";
import { type Journey, openJourney } from "../support/journey/journey.js";
import { FOUR_PATHS, type PolicyOnDisk, policyOnDisk } from "../support/journey/policies.js";

let policy: PolicyOnDisk;
let on: Journey;
beforeAll(async () => {
  policy = await policyOnDisk(FOUR_PATHS);
  on = await openJourney({ policyFile: policy.file });
});
afterAll(async () => {
  await on.close();
  await policy.remove();
});

const WITHOUT = FOUR_PATHS.replaceAll("on-call-lead", "shift-lead").replaceAll("incident-commander", "commander");

it("A policy that leaves nobody to approve a waiting request tells presser, requester and channel, once, and its fix", async () => {
  await on.priya.declares({ Path: "escalation" });
  await on.noor.getsMessage("BG-1", "[Approve]");

  await policy.write(WITHOUT);
  await on.minutesPass(1);
  await on.threadSays("BG-1", "Nobody can approve it now");
  await on.alertSays("BG-1", "Nobody can approve it now", "Withdraw it and declare it anew");
  await on.priya.getsMessage("BG-1", "Nobody can approve it now", "[Withdraw]");
  await on.noor.presses("Approve", "BG-1", "alert");
  const told = await on.slack.until(
    () => on.slack.ephemerals(on.noor.id).find((one) => one.text.includes("Not approved")),
    "the refusal",
  );
  expect(told.text).toContain("nobody can approve it now");
  expect(told.text).not.toContain("Ask ");
  await on.minutesPass(2);
  expect(await on.replies("BG-1", "Nobody can approve it now")).toHaveLength(1);

  await policy.write(FOUR_PATHS);
  await on.minutesPass(1);
  await on.threadSays("BG-1", "can be approved again");
  const alert = await on.alertSays("BG-1", "Can approve");
  expect(alert).not.toContain("Nobody can approve");
  await on.allIsDelivered();
  expect(await on.replies("BG-1", "Nobody can approve it now")).toHaveLength(0);
  await on.noor.approves("BG-1", "alert");
  await on.alertSays("BG-1", "BG-1 active");
  await on.priya.presses("Close", "BG-1", "alert");
  await on.alertSays("BG-1", "BG-1 closed");
  await on.endsWell();
}, 120_000);
