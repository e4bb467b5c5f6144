import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { INCIDENTS } from "../../demo/cast.js";
import { type Journey, openJourney } from "../support/journey/journey.js";

let on: Journey;
beforeAll(async () => {
  on = await openJourney();
});
afterEach(() => on.endsWell());
afterAll(() => on.close());

/** The alerts of that bypass; there should be one. */
const alerts = (name: string) =>
  on.slack.messages(INCIDENTS).filter((one) => one.thread_ts === undefined && one.text.startsWith(`${name} `));

const closes = async (name: string) => {
  await on.priya.presses("Withdraw", name);
  await on.nobodyCanAnswer(name);
};

describe("A failed page", () => {
  it("is shown in the alert and in the record with the person's name", async () => {
    on.slack.faults.set("conversations.open", { kind: "error", code: "user_disabled" }, { next: 3 });
    await on.priya.declares();
    await on.alertSays("BG-1", "Could not be paged", "@Dana (slack: user_disabled)", "@Noor (slack: user_disabled)");
    const record = await on.dana.types("show BG-1");
    for (const name of ["@Dana", "@Noor"]) expect(record).toContain(`page by slack failed (user_disabled) for ${name}`);
    await on.dana.denies("BG-1", "Only trying the pager.", "alert");
    // What Slack refused is tried again after half a minute.
    await on.minutesPass(1);
    await on.nobodyCanAnswer("BG-1");
  });

  it("is reported in the thread when nobody holds the paged role", async () => {
    on.slack.groups.set("S0LEADS", []);
    await on.minutesPass(1);
    await on.priya.declares();
    await on.threadSays("BG-2", "could not page");
    await on.alertSays("BG-2", "Could not be paged", "@on-call-leads");
    on.slack.groups.set("S0LEADS", ["U0DANA", "U0NOOR"]);
    await on.minutesPass(1);
    await on.noor.approves("BG-2", "alert");
    await on.threadSays("BG-2", "Approved by @Noor");
    await on.priya.presses("Close", "BG-2");
    await on.alertSays("BG-2", "BG-2 closed");
  });
});

describe("A channel shared with another organisation", () => {
  it("gets an alert without reason and target that says so; approvers read them in direct messages", async () => {
    on.slack.channels.update(INCIDENTS, { shared: true });
    await on.minutesPass(6);
    await on.priya.declares({ Reason: "The merger is in danger.", Target: "service:secret-project" });
    await on.alertSays("BG-3", "Reason and target are left out", "End-to-end suite");
    await on.noor.getsMessage("BG-3", "The merger is in danger.", "service:secret-project");
    await on.noor.denies("BG-3", "The merger can wait.");
    await on.threadSays("BG-3", "Denied by @Noor");
    await on.priya.getsMessage("BG-3", "The merger can wait.");
    await on.allIsDelivered();
    const written = JSON.stringify(on.slack.messages(INCIDENTS));
    for (const words of ["merger", "secret-project"]) expect(written).not.toContain(words);
    on.slack.channels.update(INCIDENTS, { shared: false });
    await on.minutesPass(6);
  });
});

describe("Failed posts", () => {
  it("are not repeated when Slack accepted them but the answer was lost", async () => {
    on.slack.faults.set("chat.postMessage", { kind: "lost" }, { next: 4 });
    await on.priya.declares();
    await on.alert("BG-4");
    await on.minutesPass(1);
    await on.noor.getsMessage("BG-4", "[Approve]");
    await on.priya.getsMessage("BG-4", "[Withdraw]");
    await on.allIsDelivered();
    await on.minutesPass(1);
    await on.allIsDelivered();
    expect(alerts("BG-4")).toHaveLength(1);
    for (const person of [on.noor, on.dana, on.priya]) expect(person.inbox("BG-4")).toHaveLength(1);
    await closes("BG-4");
  });

  it("are retried after the delay that Slack asks for, and no other message is tried before", async () => {
    on.slack.record.clear();
    const lift = on.slack.faults.set("chat.postMessage", { kind: "rate_limit", retryAfter: 50 }, "always");
    await on.priya.declares();
    const posts = () => on.slack.record.calls.filter((call) => call.method === "chat.postMessage");
    await on.slack.until(() => posts().length > 0, "a rate-limited post");
    await on.slack.settled();
    const inFlight = posts().length;
    // Less than the 30 s after which a post under way counts as abandoned, because the clock jumps but the bot does
    // not.
    await on.testApp.advance(20_000);
    await on.slack.settled();
    expect(posts().map((call) => call.error)).toEqual(Array(inFlight).fill("ratelimited"));
    lift();
    await on.minutesPass(1);
    await on.alert("BG-5");
    await on.noor.getsMessage("BG-5", "[Approve]");
    await on.allIsDelivered();
    expect(alerts("BG-5")).toHaveLength(1);
    await closes("BG-5");
  });
});

describe("During an outage of Slack", () => {
  it("the bot reports it at /readyz, keeps recording, and posts what it recorded once Slack is back", async () => {
    expect(await on.get("/readyz")).toEqual({ status: 200, body: expect.not.stringContaining("slack") });
    await on.priya.opensForm();
    await on.slack.faults.unreachable();
    await on.minutesPass(2);
    expect(await on.get("/healthz")).toEqual({ status: 200, body: expect.stringContaining("alive") });
    await vi.waitFor(
      async () => expect(await on.get("/readyz")).toEqual({ status: 200, body: expect.stringContaining("slack") }),
      { timeout: 5_000 },
    );
    const answer = await on.priya.submits({
      Gates: ["e2e-suite"],
      Target: "service:login",
      Incident: "INC-9",
      Reason: "Slack is down as well.",
    });
    expect([answer.status, answer.errors]).toEqual([200, undefined]);
    await on.minutesPass(1);
    expect(alerts("BG-6")).toEqual([]);
    await on.slack.faults.reachable();
    await on.minutesPass(1);
    await on.alertSays("BG-6", "Slack is down as well.", "[Approve] [Deny]");
    await on.noor.getsMessage("BG-6", "[Approve]");
    await on.allIsDelivered();
    expect(alerts("BG-6")).toHaveLength(1);
    await on.minutesPass(2);
    await vi.waitFor(async () => expect((await on.get("/readyz")).body).not.toContain("slack"), { timeout: 5_000 });
    await closes("BG-6");
  });

  it("keeps trying to reach the approvers, however often it takes", async () => {
    await on.priya.opensForm();
    await on.slack.faults.unreachable();
    const answer = await on.priya.submits({
      Gates: ["e2e-suite"],
      Target: "service:search",
      Incident: "INC-10",
      Reason: "Search is down, and so is Slack.",
    });
    expect([answer.status, answer.errors]).toEqual([200, undefined]);
    // More often than any message was once tried.
    for (let tries = 0; tries < 14; tries += 1) await on.minutesPass(0.5);
    await on.slack.faults.reachable();
    await on.minutesPass(0.5);
    await on.alertSays("BG-7", "Search is down, and so is Slack.", "[Approve] [Deny]");
    await on.noor.getsMessage("BG-7", "[Approve]");
    await on.dana.getsMessage("BG-7", "[Approve]");
    await on.allIsDelivered();
    expect(on.noor.inbox("BG-7")).toHaveLength(1);
    const record = await on.dana.types("show BG-7");
    expect(record).toContain("page by slack failed");
    expect(record).toContain("page sent by slack to @Noor");
    expect(record).not.toContain("Could not be paged");
    await closes("BG-7");
  });
});
