import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { DEMO_POLICY } from "../../demo/policy.js";
import { type Journey, openJourney } from "../support/journey/journey.js";
import { closing, opening, reviewDue } from "../support/journey/office.js";
import type { JourneyPerson } from "../support/journey/person.js";
import { type PolicyOnDisk, policyOnDisk } from "../support/journey/policies.js";

let on: Journey;
let policy: PolicyOnDisk;
beforeAll(async () => {
  // Overdue reviews are escalated to Lee, who is no lead.
  const lee = "incident-commander: { slack_users: [U0LEE] }";
  policy = await policyOnDisk(DEMO_POLICY.replace("incident-commander: { slack_users: [U0DANA] }", lee));
  on = await openJourney({ policyFile: policy.file });
  await on.itIs(opening(on.now()));
});
afterEach(() => on.endsWell());
afterAll(async () => {
  await on.close();
  await policy.remove();
});

const BYPASSES = 10;
/** The most reviews that one message lists beside actions, sick gates and drills. */
const SHOWN = 8;
/** Reminders name an action without its text, so that a redaction need not reach them. */
const ACTION = "Action 1 from REV-11";
const FILLED = {
  Verdict: "avoidable",
  "What Forced It": "slow",
  "The Skipped Check": "not-run-yet",
  "What We Learned": "The suite can be split.",
};

/** The reminders that this person got, oldest first. */
const reminders = (who: JourneyPerson): string[] =>
  who
    .inbox("for you")
    .filter(({ text }) => /waits? for you\./.test(text))
    .map((one) => on.slack.render(one));
const overdueMessages = (): string[] =>
  on.slack
    .messages("C0INCIDENTS")
    .filter(({ text }) => text.startsWith("Overdue:"))
    .map((one) => on.slack.render(one));

const formOf = (who: JourneyPerson, submit: string) =>
  on.slack.until(() => on.slack.view(who.id)?.submit === submit, `the form of ${who.id} with [${submit}]`);

async function writes(who: JourneyPerson, name: string, more: Record<string, string> = {}): Promise<void> {
  await who.presses("Write Review", name, "alert");
  await formOf(who, "Submit Review");
  await who.submits({ ...FILLED, ...more });
  await on.alertSays(name, "written: avoidable");
}

describe("Reminders of ten reviews at once", () => {
  let due = "";

  it("come as one message to each reviewer, before the reviews are due and when they are", async () => {
    for (let n = 1; n <= BYPASSES; n += 1) await on.closedBypass(`BG-${n}`);
    due = reviewDue(on.now());
    await on.allIsDelivered();
    expect([reminders(on.dana), reminders(on.noor)]).toEqual([[], []]);
    await on.itIs(opening(on.now()));
    for (const who of [on.dana, on.noor]) {
      const got = reminders(who);
      expect(got).toHaveLength(1);
      expect(got[0]).toContain("10 reviews");
      for (let n = 1; n <= SHOWN; n += 1) expect(got[0]).toContain(`REV-${n} of BG-${n} `);
      expect(got[0]).toContain(`${BYPASSES - SHOWN} more are not shown here`);
    }
    await on.itIs(due);
    expect([reminders(on.dana).length, reminders(on.noor).length]).toEqual([2, 2]);
    expect([reminders(on.priya), reminders(on.omar), reminders(on.lee), overdueMessages()]).toEqual([[], [], [], []]);
  });

  it("continue each office day, and the channel gets one message", async () => {
    await on.itIs(opening(due));
    expect(reminders(on.noor)).toHaveLength(3);
    expect(reminders(on.noor).at(-1)).toContain("overdue");
    expect(overdueMessages()).toHaveLength(1);
    expect(overdueMessages()[0]).toContain("Overdue: 10 reviews");
    await on.itIs(opening(due, 2));
    expect(reminders(on.noor)).toHaveLength(4);
    expect(overdueMessages()).toHaveLength(1);
    expect(reminders(on.lee)).toEqual([]);
  });

  it("leave out reviews that are written, and wait for those put off, which is told in the thread, twice at most", async () => {
    await writes(on.dana, "BG-2");
    await on.noor.presses("Put Off", "REV-1 of BG-1");
    await on.noor.isTold("Not put off: you approved this bypass, and others hold the reviewer's role");
    await on.dana.presses("Put Off", "REV-1 of BG-1");
    await formOf(on.dana, "Put Off");
    const form = on.slack.view(on.dana.id);
    const days = [...JSON.stringify(form?.blocks).matchAll(/"value":"(\d{4}-\d\d-\d\d)"/g)].map(([, day]) => day);
    // The review is escalated at the close of the third office day after it was due.
    expect(days).toEqual([opening(due, 3).slice(0, 10)]);
    await on.dana.submits({ Until: days[0] ?? "", Reason: "The build team is away." });
    await on.threadSays("BG-1", "REV-1 is put off by @Dana until");
    await on.threadSays("BG-1", "The build team is away.");
    expect(await on.dana.types("show BG-1")).toContain("The build team is away.");
    await on.dana.presses("Put Off", "REV-1 of BG-1");
    await formOf(on.dana, "Put Off");
    await on.dana.submits({ Until: days[0] ?? "", Reason: "They are still away." });
    await on.threadSays("BG-1", "It cannot be put off again.");
    await on.dana.presses("Put Off", "REV-1 of BG-1");
    await on.dana.isTold("Not put off: it has been put off 2 times", "press Write Review", "on-call-lead");
    expect(await on.replies("BG-1", "is put off by")).toHaveLength(2);
    await on.itIs(opening(due, 3));
    const next = reminders(on.dana).at(-1) ?? "";
    expect(next).toContain("9 reviews");
    expect(next).not.toContain("REV-2 of");
  });

  it("reach the next role after three business days, whose members may then write the review", async () => {
    expect(reminders(on.lee)).toEqual([]);
    await on.itIs(closing(due, 3));
    expect(reminders(on.lee)).toHaveLength(1);
    expect(reminders(on.lee)[0]).toContain("9 reviews");
    expect(reminders(on.lee)[0]).toContain("REV-1 of BG-1 ");
    await writes(on.lee, "BG-3");
  });

  it("list a review that was put off again, also for the next role", async () => {
    await on.itIs(opening(due, 4));
    for (const who of [on.dana, on.noor, on.lee]) {
      const back = reminders(who).at(-1) ?? "";
      expect(back).toContain("8 reviews");
      expect(back).toContain("REV-1 of BG-1 ");
      expect(back).not.toMatch(/REV-[23] of/);
    }
    // The channel already got its message about this review; it is not repeated.
    expect(overdueMessages()).toHaveLength(1);
  });

  it("stop when all reviews are written", async () => {
    for (const n of [1, 4, 5, 6, 7, 8, 9, 10]) await writes(on.dana, `BG-${n}`);
    const before = [reminders(on.dana), reminders(on.noor), reminders(on.lee)].map(({ length }) => length);
    await on.itIs(opening(on.now()));
    await on.itIs(opening(on.now()));
    const reviews = [reminders(on.dana), reminders(on.noor), reminders(on.lee)].map((all, index) =>
      all.slice(before[index]).filter((one) => one.includes("REV-")),
    );
    expect(reviews).toEqual([[], [], []]);
  });
});

describe("An action", () => {
  it("is announced to its owner, followed up until it is done, and put off or dropped with a reason", async () => {
    const { omar, dana } = on;
    await on.closedBypass("BG-11");
    const day = opening(on.now(), 3).slice(0, 10);
    await writes(dana, "BG-11", { Action: "Split the suite.", Owner: omar.id, Due: day });
    await omar.getsMessage("An action from REV-11", "Split the suite.", "[Done] [Put Off] [Drop]");
    await on.itIs(opening(on.now(), 2));
    expect(reminders(omar).at(-1)).toContain(ACTION);
    const before = reminders(omar).length;
    await omar.presses("Put Off", "An action from REV-11");
    await formOf(omar, "Put Off");
    const until = opening(on.now(), 2);
    await omar.submits({ Until: until.slice(0, 10), Reason: "The runners come on Monday." });
    await on.itIs(opening(on.now()));
    expect(reminders(omar)).toHaveLength(before);
    expect(overdueMessages().filter((one) => one.includes(ACTION))).toEqual([]);
    await on.itIs(until);
    expect(reminders(omar)).toHaveLength(before + 1);
    expect(reminders(omar).at(-1)).toContain("overdue");
    expect(overdueMessages().filter((one) => one.includes(ACTION))).toHaveLength(1);

    await omar.presses("Drop", "An action from REV-11");
    await formOf(omar, "Drop");
    expect(JSON.stringify(await omar.submits({ Reason: " " }))).toContain("write a sentence or two first");
    await omar.submits({ Reason: "The suite is being replaced." });
    await omar.getsMessage("An action from REV-11", "dropped");
    expect(await dana.types("show BG-11")).toContain("The suite is being replaced.");
    const after = reminders(omar).length;
    await on.itIs(opening(on.now()));
    expect(reminders(omar)).toHaveLength(after);
  });

  it("cannot be ended by others or twice", async () => {
    const { omar, dana, lee } = on;
    await on.closedBypass("BG-12");
    await writes(dana, "BG-12", { Action: "Delete it.", Owner: omar.id, Due: opening(on.now(), 3).slice(0, 10) });
    const seen = await omar.getsMessage("An action from REV-12", "[Done]");
    await on.slack.as(lee.id).click(seen, "Done", { force: true });
    await lee.isTold("Not ended", "only its owner");
    await on.allIsDelivered();
    expect(await omar.getsMessage("An action from REV-12", "[Done]")).toBeDefined();
    await omar.presses("Done", "An action from REV-12");
    await omar.getsMessage("An action from REV-12", "done");
    await omar.pressesStale("Done", seen);
    await omar.isTold("Not ended", "this action is over already");
    const record = await dana.types("show BG-12");
    expect(record.split("finished action 1")).toHaveLength(2);
  });
});
