import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Journey, openJourney } from "../support/journey/journey.js";
import { opening, reviewDue } from "../support/journey/office.js";

let on: Journey;
beforeAll(async () => {
  on = await openJourney();
  await on.itIs(opening(on.now()));
});
afterEach(() => on.endsWell());
afterAll(() => on.close());

const inChannel = (...words: string[]) =>
  on.slack.messages("C0INCIDENTS").filter((one) => words.every((word) => on.slack.render(one).includes(word)));

/** Makes posts with these words fail; returns the function that lifts the fault. */
const failPosts = (words: string, fault: Parameters<typeof on.slack.faults.set>[1]) =>
  on.slack.faults.set("chat.postMessage", fault, { next: 10_000, where: ({ text }) => String(text).includes(words) });

async function outageLasts(minutes: number): Promise<void> {
  for (let passed = 0; passed < minutes; passed += 0.5) {
    await on.minutesPass(0.5);
    await on.slack.settled();
  }
}

describe("A notice that is posted only once", () => {
  it("arrives after an outage and a refusal of Slack: a gate is sick", async () => {
    for (const name of ["BG-1", "BG-2"]) await on.closedBypass(name);
    await on.allIsDelivered();
    const back = failPosts("is sick", { kind: "http", status: 503 });
    await on.closedBypass("BG-3");
    await outageLasts(10);
    back();
    const removed = failPosts("is sick", { kind: "error", code: "not_in_channel" });
    await outageLasts(2);
    removed();
    await on.minutesPass(1);
    await on.allIsDelivered();
    expect(inChannel("is sick", "BG-1, BG-2, BG-3", "[Gate Changed]")).toHaveLength(1);
  });

  it("arrives after an outage of Slack: a review is overdue", async () => {
    const due = reviewDue(on.now());
    await on.itIs(due);
    const back = failPosts("Overdue", { kind: "http", status: 503 });
    await on.minutesPass((Date.parse(opening(due)) - Date.parse(on.now())) / 60_000 + 1);
    await outageLasts(10);
    expect(inChannel("Overdue:")).toEqual([]);
    back();
    await on.minutesPass(1);
    await on.allIsDelivered();
    expect(inChannel("Overdue:", "REV-1")).toHaveLength(1);
  });
});

describe("A sick gate", () => {
  it("can also be answered from the reminder and from the Home", async () => {
    await on.itIs(opening(on.now(), 9));
    const reminder = await on.noor.getsMessage("for you", "Sick gate", "[Gate Changed]");
    // By its id, because the reviews in the same message have a button of that name.
    await on.slack.as(on.noor.id).click(reminder, "gate_put_off");
    await on.slack.until(() => on.slack.view(on.noor.id)?.submit === "Put Off", "the form behind Put Off");
    await on.slack.as(on.noor.id).cancel();
    await on.slack.as(on.noor.id).openHome();
    const home = await on.slack.until(() => {
      const view = on.slack.home(on.noor.id);
      return view !== undefined && on.slack.render(view).includes("[Gate Changed]") ? view : null;
    }, "a Home with the sick gate");
    await on.slack.as(on.noor.id).click(home, "Gate Changed");
    await on.slack.until(() => on.slack.view(on.noor.id)?.submit === "Record", "the form behind Gate Changed");
    await on.slack.as(on.noor.id).submit({ Reason: "The flaky login test is gone." });
    await on.slack.until(() => inChannel("is recorded as changed").at(-1), "the change in the channel");
  });
});

describe("The text of an action", () => {
  it("is in no notice that a redaction cannot reach, and on the Home only until it is redacted", async () => {
    await on.priya.declares({ Gates: ["two-approvals"] });
    await on.noor.approves("BG-4");
    await on.alertSays("BG-4", "BG-4 active");
    await on.priya.presses("Close", "BG-4", "alert");
    await on.alertSays("BG-4", "[Write Review]");
    await on.dana.presses("Write Review", "BG-4", "alert");
    await on.slack.until(() => on.slack.view(on.dana.id)?.submit === "Submit Review", "the review form");
    await on.dana.submits({
      Verdict: "justified",
      "What Forced It": "real-emergency",
      "The Skipped Check": "passed-later",
      "What We Learned": "Vaults are rotated.",
      Action: "Rotate the vault of Initech.",
      Owner: on.omar.id,
      Due: opening(on.now(), 1).slice(0, 10),
    });
    await on.omar.getsMessage("An action from REV-4", "Initech");
    await on.slack.as(on.omar.id).openHome();
    const home = (): string => {
      const view = on.slack.home(on.omar.id);
      return view === undefined ? "" : on.slack.render(view);
    };
    await on.slack.until(() => home().includes("Initech"), "the action on the Home");
    await on.itIs(opening(on.now(), 2));
    expect(inChannel("Overdue:", "Action 1 from REV-4")).toHaveLength(1);
    await on.omar.getsMessage("for you", "Action 1 from REV-4", "[Done]");
    expect(inChannel("Overdue:", "Initech")).toEqual([]);
    expect(on.omar.inbox("for you", "Initech")).toEqual([]);

    const seq = /opened action.*?\(entry (\d+)\)/.exec(await on.dana.types("show BG-4"))?.[1];
    expect(await on.noor.types(`redact ${seq} line it names a customer`)).toContain("gone for good");
    await on.allIsDelivered();
    await on.slack.until(() => home().includes("redacted"), "a Home without the text");
    expect(on.omar.inbox("Initech")).toEqual([]);
    expect(inChannel("Initech")).toEqual([]);
  });
});
