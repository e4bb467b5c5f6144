import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { DRILL_TITLE } from "../../src/slack/declare/view.js";
import { type Journey, openJourney } from "../support/journey/journey.js";
import { atWork, closing, opening } from "../support/journey/office.js";

let on: Journey;
beforeAll(async () => {
  on = await openJourney();
});
afterEach(() => on.endsWell());
afterAll(() => on.close());

const channel = (...words: string[]) =>
  on.slack.messages("C0INCIDENTS").filter((one) => words.every((word) => on.slack.render(one).includes(word)));

async function drills(): Promise<void> {
  await on.slack.as(on.priya.id).command("drill", { channel: "C0INCIDENTS" });
  const view = await on.slack.until(() => {
    const top = on.slack.view(on.priya.id);
    return top?.submit === DRILL_TITLE ? top : null;
  }, "the form of a drill");
  expect(on.slack.render(view)).toContain("DRILL: a rehearsal");
  expect(on.slack.render(view)).toContain("one of a past incident");
  await on.priya.submits({
    Gates: ["e2e-suite"],
    Target: "acme/shop#1",
    Incident: "INC-1",
    Reason: "We rehearse.",
  });
}

describe("A drill", () => {
  it("follows the same path, is marked in every message, and counts in no reading", async () => {
    await on.itIs(atWork(opening(on.now())));
    await drills();
    const alert = await on.alert("BG-1");
    expect(alert.text).toMatch(/^DRILL BG-1/);
    await on.noor.getsMessage("DRILL BG-1 requested", "It opens nothing", "[Approve]");
    await on.noor.approves("BG-1");
    await on.alertSays("BG-1", "DRILL BG-1 active", "rehearses skipping");
    await on.threadSays("BG-1", "DRILL");
    await on.priya.presses("Close", "BG-1", "alert");
    await on.alertSays("BG-1", "DRILL BG-1 closed", "rehearsed skipping", "the gates held throughout");
    expect(await on.priya.types("stats e2e-suite")).toContain("0 bypasses");
  });

  it("pages nobody at night and says so", async () => {
    await on.itIs(closing(on.now()));
    await on.minutesPass(4 * 60);
    await drills();
    await on.alertSays("BG-2", "Not paged, outside office hours", "pages nobody and asks nobody");
    const { text, blocks } = await on.alert("BG-2");
    expect(JSON.stringify({ text, blocks })).not.toContain("Could not be paged");
    await on.priya.getsMessage("BG-2 requested", "pages nobody and asks nobody");
    await on.minutesPass(3);
    await on.minutesPass(3);
    await on.allIsDelivered();
    expect(on.noor.inbox("BG-2")).toEqual([]);
    // A mention notifies phones, so it counts as a page.
    const messages = [await on.alert("BG-2"), ...(await on.replies("BG-2", ""))];
    const words = messages.map((message) => JSON.stringify(message)).join("\n");
    for (const topic of ["still waits", "escalated"]) expect(words).toContain(topic);
    for (const call of ["<!subteam", "S0LEADS", "U0DANA", "U0NOOR", "is paged"]) expect(words).not.toContain(call);
    await on.priya.presses("Withdraw", "BG-2");
    await on.alertSays("BG-2", "DRILL BG-2 withdrawn");
  });

  it("is followed up like a review when it is overdue: by message to the reviewers and in the channel", async () => {
    const due = new Date(Date.parse(on.now()) + 91 * 86_400_000).toISOString();
    await on.itIs(atWork(opening(due)));
    await on.itIs(atWork(opening(on.now())));
    await on.noor.getsMessage("Drill of Emergency deploy", "overdue");
    await on.slack.until(() => channel("Overdue:", "Drill of Emergency deploy").length > 0, "the drill in the channel");
    const before = on.noor.inbox("Drill of Emergency deploy").length;
    await on.minutesPass(5);
    await on.allIsDelivered();
    expect(on.noor.inbox("Drill of Emergency deploy")).toHaveLength(before);
  });
});

describe("The weekly digest", () => {
  it("is posted once, on its day and hour, with numbers and no names", async () => {
    const digests = () => channel("Breakglass, the week until");
    const before = digests().length;
    const monday = (() => {
      const day = new Date(on.now());
      day.setUTCDate(day.getUTCDate() + ((8 - day.getUTCDay()) % 7 || 7));
      return day.toISOString().slice(0, 10);
    })();
    await on.itIs(`${monday}T12:00:00.000Z`);
    await on.minutesPass(2);
    await on.allIsDelivered();
    expect(digests().length - before).toBeLessThanOrEqual(2);
    const digest = digests().at(-1)?.text ?? "";
    for (const words of ["Bypasses:", "Reviews:", "Actions:", "Gates:"]) expect(digest).toContain(words);
    for (const name of ["Priya", "Noor", "U0"]) expect(digest).not.toContain(name);
    const once = digests().length;
    await on.minutesPass(90);
    await on.allIsDelivered();
    expect(digests()).toHaveLength(once);
  });
});
