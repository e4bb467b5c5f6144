import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Journey, openJourney } from "../support/journey/journey.js";

let on: Journey;
beforeAll(async () => {
  on = await openJourney();
});
afterEach(() => on.endsWell());
afterAll(() => on.close());

describe("A request that does not become a bypass", () => {
  it("is denied with a reason that the requester and everyone asked can read", async () => {
    const { priya, dana, noor } = on;
    await priya.declares();
    await dana.getsMessage("BG-1", "[Approve] [Deny]");
    await noor.getsMessage("BG-1", "[Approve] [Deny]");
    await dana.denies("BG-1", "Roll back instead: the last release is good.");
    await on.threadSays("BG-1", "Denied by @Dana");
    await on.alertSays("BG-1", "BG-1 denied", "Denied by @Dana", "Roll back instead", "waived");
    await priya.getsMessage("BG-1", "Denied by @Dana", "Roll back instead");
    await noor.getsMessage("BG-1", "Denied by @Dana", "Roll back instead");
    await on.nobodyCanAnswer("BG-1");
    expect(await on.replies("BG-1", "Denied by")).toHaveLength(1);
  });

  it("cannot be denied by its requester or by a person without the role", async () => {
    const { priya, omar, dana } = on;
    await priya.declares({ Target: "service:login" });
    await omar.presses("Withdraw", "BG-2", await priya.getsMessage("BG-2", "[Withdraw]"), { force: true });
    await omar.isTold("Not withdrawn", "only the person who declared it");
    await priya.presses("Deny", "BG-2", "alert");
    await priya.isTold("Not denied", "press Withdraw");
    await omar.presses("Deny", "BG-2", "alert");
    await omar.isTold("Not denied", "you hold none of the roles");
    await dana.denies("BG-2", "Wait for the rollback.", "alert");
    await on.nobodyCanAnswer("BG-2");
  });

  it("can be withdrawn by its requester, and then nobody can answer it", async () => {
    const { priya, dana } = on;
    await priya.declares();
    const seen = await dana.getsMessage("BG-3", "[Approve]");
    await priya.presses("Withdraw", "BG-3");
    await on.threadSays("BG-3", "Withdrawn by @Priya");
    await on.alertSays("BG-3", "BG-3 withdrawn", "waived");
    await on.nobodyCanAnswer("BG-3");
    await dana.getsMessage("BG-3", "Withdrawn by @Priya");
    await dana.pressesStale("Approve", seen);
    await dana.isTold("Not approved", "BG-3 no longer waits", "Withdrawn by @Priya");
    await dana.pressesStale("Deny", seen);
    await dana.isTold("Not denied", "BG-3 no longer waits", "Withdrawn by @Priya");
    expect(await on.replies("BG-3", "Withdrawn by")).toHaveLength(1);
  });
});

describe("A person who no longer holds the role", () => {
  it("is refused at the click although they were asked", async () => {
    const { priya, dana, noor } = on;
    await priya.declares();
    await noor.getsMessage("BG-4", "[Approve]");
    on.slack.groups.set("S0LEADS", ["U0DANA"]);
    await on.minutesPass(1);
    await noor.approves("BG-4");
    await noor.isTold("Not approved", "you hold none of the roles");
    on.slack.groups.set("S0LEADS", ["U0DANA", "U0NOOR"]);
    await on.minutesPass(1);
    await dana.denies("BG-4", "Roll back.");
    await on.nobodyCanAnswer("BG-4");
  });
});

describe("Buttons in several places", () => {
  it("are removed together from direct message, alert and reminder, and a stale one says who decided", async () => {
    const { omar, dana, noor } = on;
    await omar.declares();
    const direct = await noor.getsMessage("BG-5", "[Approve]");
    const alert = await on.alert("BG-5");
    await on.minutesPass(3);
    const reminder = await on.threadSays("BG-5", "[Approve] [Deny]");
    await dana.approves("BG-5", reminder);
    await on.threadSays("BG-5", "Approved by @Dana");
    await on.nobodyCanAnswer("BG-5");
    for (const seen of [direct, alert, reminder]) {
      await noor.pressesStale("Approve", seen);
      await noor.isTold("Not approved", "BG-5 no longer waits", "Approved by @Dana", "active");
    }
    await omar.pressesStale("Approve", alert);
    await omar.isTold("Not approved");
    expect(await on.replies("BG-5", "Approved by")).toHaveLength(1);
    await omar.presses("Close", "BG-5", "alert");
    await on.alertSays("BG-5", "BG-5 closed");
  });
});

describe("The answer to a click", () => {
  it("appears where the button is: in the channel for the alert, in the thread for a reminder", async () => {
    const { priya, omar } = on;
    await priya.declares();
    const alert = await on.alert("BG-6");
    await omar.repliesInThread("BG-6", "I am looking at it, too.");
    await omar.presses("Deny", "BG-6", "alert");
    await omar.isTold("Not denied");
    expect(on.slack.ephemerals(omar.id).at(-1)?.thread_ts).toBeUndefined();
    await on.minutesPass(3);
    await omar.presses("Deny", "BG-6", await on.threadSays("BG-6", "[Deny]"));
    await omar.isTold("Not denied");
    expect(on.slack.ephemerals(omar.id).at(-1)?.thread_ts).toBe(alert.ts);
    await priya.presses("Withdraw", "BG-6");
    await on.nobodyCanAnswer("BG-6");
  });
});
