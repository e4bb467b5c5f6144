import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CAST, INCIDENTS } from "../../demo/cast.js";
import { type Journey, openJourney } from "../support/journey/journey.js";

let on: Journey;
beforeAll(async () => {
  on = await openJourney();
});
afterEach(() => on.endsWell());
afterAll(() => on.close());

/** All messages of the bot: the channel and every direct message. */
const everything = (): string =>
  [...on.slack.messages(INCIDENTS), ...Object.values(CAST).flatMap((id) => on.slack.inbox(id))]
    .map((message) => `${on.slack.render(message)}\n${message.text}`)
    .join("\n");

/** The position of the declaration in the trail, from the record. */
async function declaredAt(name: string): Promise<string> {
  const lines = (await on.dana.types(`show ${name}`)).split("\n");
  return /\(entry (\d+)\)/.exec(lines.find((line) => line.includes("declared it")) ?? "")?.[1] ?? "";
}

describe("Posts whose answer was lost", () => {
  it("are updated to the decision, carry no dead buttons, and have their pages recorded", async () => {
    on.slack.faults.set("chat.postMessage", { kind: "lost" }, { next: 4 });
    await on.priya.declares();
    await on.alert("BG-1");
    await on.slack.until(
      () => on.slack.inbox(CAST.dana).length > 0 && on.slack.inbox(CAST.noor).length > 0,
      "both pages, unanswered",
    );
    await on.noor.approves("BG-1", "alert");
    await on.allIsDelivered();
    await on.minutesPass(1);
    await on.allIsDelivered();
    await on.alertSays("BG-1", "BG-1 active", "Approved by @Noor");
    await on.nobodyCanAnswer("BG-1");
    const record = await on.dana.types("show BG-1");
    for (const name of ["@Dana", "@Noor"]) expect(record).toContain(`page sent by slack to ${name}`);
    await on.priya.presses("Close", "BG-1");
    await on.alertSays("BG-1", "BG-1 closed");
  });

  it("do not keep a text that was redacted while they were under way", async () => {
    on.slack.faults.set("chat.postMessage", { kind: "lost" }, { next: 4 });
    await on.priya.declares({ Reason: "The heron ate the database.", Target: "db:heron-prod" });
    await on.alert("BG-2");
    const seq = await declaredAt("BG-2");
    await on.dana.types(`redact ${seq} reason it names a bird`);
    await on.dana.types(`redact ${seq} target it names a bird`);
    await on.minutesPass(1);
    await on.allIsDelivered();
    await on.minutesPass(1);
    await on.allIsDelivered();
    expect(everything()).not.toMatch(/heron/i);
    await on.priya.presses("Withdraw", "BG-2");
    await on.nobodyCanAnswer("BG-2");
    expect(everything()).not.toMatch(/heron/i);
  });
});

describe("Two people who redact the same text at the same time", () => {
  it("both learn that it is gone, and it is", async () => {
    await on.priya.declares({ Reason: "The stork has the keys." });
    await on.alert("BG-3");
    const seq = await declaredAt("BG-3");
    const [dana, noor] = [CAST.dana, CAST.noor];
    const before = new Map([dana, noor].map((id) => [id, on.slack.ephemerals(id).length]));
    const words = `redact ${seq} reason it names a bird`;
    await Promise.all([dana, noor].map((id) => on.slack.as(id).command(words, { channel: INCIDENTS })));
    for (const id of [dana, noor]) {
      const answer = await on.slack.until(() => on.slack.ephemerals(id).slice(before.get(id)).at(-1), `${id} is told`);
      expect(on.slack.render(answer)).toMatch(/is gone for good|no such text/);
    }
    await on.priya.presses("Withdraw", "BG-3");
    await on.nobodyCanAnswer("BG-3");
    await on.allIsDelivered();
    expect(everything()).not.toMatch(/stork/i);
  });
});

describe("A channel that the bot was removed from", () => {
  it("gets the alert later, and until then the approvers read that it could not be posted", async () => {
    on.slack.channels.update(INCIDENTS, { botIsMember: false });
    await on.priya.declares();
    await on.dana.getsMessage("BG-4", "could NOT be told");
    await on.priya.getsMessage("BG-4", "not_in_channel");
    await on.minutesPass(1);
    expect(JSON.parse((await on.get("/readyz")).body).degraded).toContain("alerts_not_posted");
    await on.dana.approves("BG-4");
    await on.priya.getsMessage("BG-4", "Approved by @Dana");
    on.slack.channels.update(INCIDENTS, { botIsMember: true });
    await on.minutesPass(1);
    await on.alertSays("BG-4", "BG-4 active", "Approved by @Dana");
    await on.threadSays("BG-4", "Approved by @Dana");
    await on.priya.presses("Close", "BG-4");
    await on.alertSays("BG-4", "BG-4 closed");
  });
});

describe("A form that is submitted again with other text", () => {
  it("shows what was recorded and records nothing more", async () => {
    await on.priya.opensForm();
    const form = {
      Gates: ["e2e-suite"],
      Target: "acme/pay#1",
      Incident: "INC-7",
      Reason: "Payments are down.",
      Duration: "60m",
    };
    const sent = await on.priya.submits(form);
    await on.alert("BG-5");
    const again = JSON.parse(JSON.stringify(sent.request.payload).replaceAll("acme/pay#1", "acme/pay#2"));
    const body = `payload=${encodeURIComponent(JSON.stringify(again))}`;
    const answer = await on.slack.send(body, {
      ...on.slack.sign(body),
      "content-type": "application/x-www-form-urlencoded",
    });
    expect(answer.body).toContain("recorded as *BG-5*");
    await on.allIsDelivered();
    await on.priya.presses("Withdraw", "BG-5");
    await on.nobodyCanAnswer("BG-5");
    expect((await on.dana.types("show BG-6")).toLowerCase()).toContain("there is no bg-6");
  });
});

describe("A warning that Slack did not accept before the end", () => {
  it("is not delivered after the end", async () => {
    await on.priya.declares({ Duration: "30m" });
    await on.noor.approves("BG-6");
    await on.alertSays("BG-6", "BG-6 active");
    await on.allIsDelivered();
    const where = (args: object) => JSON.stringify(args).includes("There is no extension");
    on.slack.faults.set("chat.postMessage", { kind: "drop" }, { next: 1_000, where });
    await on.minutesPass(26);
    await on.minutesPass(5);
    on.slack.faults.clear("chat.postMessage");
    await on.minutesPass(1);
    await on.threadSays("BG-6", "BG-6 has expired");
    await on.allIsDelivered();
    expect(await on.replies("BG-6", "There is no extension")).toEqual([]);
    expect(await on.replies("BG-6", "has expired")).toHaveLength(1);
  });
});
