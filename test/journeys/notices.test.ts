import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Journey, openJourney } from "../support/journey/journey.js";
import { opening, reviewDue } from "../support/journey/office.js";

let on: Journey;
beforeAll(async () => {
  on = await openJourney();
});
afterEach(() => on.endsWell());
afterAll(() => on.close());

/** Declared by Priya, approved by Noor, closed by Priya. */
async function isOver(name: string, gate = "e2e-suite"): Promise<void> {
  await on.priya.declares({ Gates: [gate] });
  await on.noor.approves(name);
  await on.alertSays(name, `${name} active`);
  await on.priya.presses("Close", name, "alert");
  await on.alertSays(name, `${name} closed`);
}

const inChannel = (...words: string[]) =>
  on.slack.messages("C0INCIDENTS").filter((one) => words.every((word) => on.slack.render(one).includes(word)));

/** Slack refuses or cannot take messages with these words, until the fault is lifted. */
const noPosts = (words: string, fault: Parameters<typeof on.slack.faults.set>[1]) =>
  on.slack.faults.set("chat.postMessage", fault, { next: 10_000, where: ({ text }) => String(text).includes(words) });

async function isAwayFor(minutes: number): Promise<void> {
  for (let passed = 0; passed < minutes; passed += 0.5) {
    await on.minutesPass(0.5);
    await on.slack.settled();
  }
}

describe("What is said once", () => {
  it("is said when Slack is back: that a gate is sick, after minutes without it and after a refusal", async () => {
    for (const name of ["BG-1", "BG-2"]) await isOver(name);
    await on.allIsDelivered();
    const back = noPosts("is sick", { kind: "http", status: 503 });
    await isOver("BG-3");
    await isAwayFor(10);
    back();
    const removed = noPosts("is sick", { kind: "error", code: "not_in_channel" });
    await isAwayFor(2);
    removed();
    await on.minutesPass(1);
    await on.allIsDelivered();
    expect(inChannel("is sick", "BG-1, BG-2, BG-3", "[Gate Changed]")).toHaveLength(1);
  });

  it("is said when Slack is back: that a review is overdue", async () => {
    const due = reviewDue(on.now());
    await on.itIs(due);
    const back = noPosts("Overdue", { kind: "http", status: 503 });
    await on.minutesPass((Date.parse(opening(due)) - Date.parse(on.now())) / 60_000 + 1);
    await isAwayFor(10);
    expect(inChannel("Overdue:")).toEqual([]);
    back();
    await on.minutesPass(1);
    await on.allIsDelivered();
    expect(inChannel("Overdue:", "REV-1")).toHaveLength(1);
  });
});

describe("A sick gate", () => {
  it("can be answered for from the nudge and from the Home, too", async () => {
    await on.itIs(opening(on.now(), 9));
    const nudge = await on.noor.getsMessage("for you", "Sick gate", "[Gate Changed]");
    await on.slack.as(on.noor.id).click(nudge, "Put Off");
    await on.slack.until(() => on.slack.view(on.noor.id)?.submit === "Put Off", "the form behind Put Off");
    await on.slack.as(on.noor.id).cancel();
    await on.slack.as(on.noor.id).openHome();
    const home = await on.slack.until(() => {
      const drawn = on.slack.home(on.noor.id);
      return drawn !== undefined && on.slack.render(drawn).includes("[Gate Changed]") ? drawn : null;
    }, "a Home with the sick gate");
    await on.slack.as(on.noor.id).click(home, "Gate Changed");
    await on.slack.until(() => on.slack.view(on.noor.id)?.submit === "Record", "the form behind Gate Changed");
    await on.slack.as(on.noor.id).submit({ Reason: "The flaky login test is gone." });
    await on.slack.until(() => inChannel("is recorded as changed").at(-1), "the change in the channel");
  });
});
