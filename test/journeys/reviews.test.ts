import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Journey, openJourney } from "../support/journey/journey.js";
import { atWork, opening, reviewDue } from "../support/journey/office.js";
import { TOKEN } from "../support/secrets.js";

let on: Journey;
beforeAll(async () => {
  on = await openJourney();
});
afterEach(() => on.endsWell());
afterAll(() => on.close());

const FILLED = {
  Verdict: "justified",
  "What Forced It": "real-emergency",
  "The Skipped Check": "passed-later",
  "What We Learned": "The certificate is checked every week from now on.",
};

const form = (who: { id: string }, submit = "Submit Review") =>
  on.slack.until(() => {
    const view = on.slack.view(who.id);
    return view?.submit === submit ? view : null;
  }, `the review form of ${who.id}`);

describe("A review", () => {
  it("shows the timeline from the trail in its form, and is announced with its verdict", async () => {
    const { priya, dana, omar } = on;
    await priya.declares();
    await on.noor.approves("BG-1");
    await on.alertSays("BG-1", "BG-1 active");
    await priya.types("log BG-1 restarted the login pods");
    await priya.presses("Close", "BG-1", "alert");
    await on.alertSays("BG-1", "[Write Review]");
    await dana.presses("Write Review", "BG-1", "alert");
    const seen = on.slack.render(await form(dana));
    for (const words of ["declared it", "approved (1 of 1)", " after ", "restarted the login pods", "closed it"])
      expect(seen).toContain(words);
    expect(seen).toContain("instead: smoke tests (3 min)");

    // All errors are shown at once, and the typed text stays.
    const refused = await dana.submits({
      ...FILLED,
      Verdict: "gate-at-fault",
      Action: "Renew it by itself.",
      Due: "2020-01-01",
    });
    expect(JSON.stringify(refused)).toContain("Name the gates that are at fault.");
    expect(JSON.stringify(refused)).toContain("Choose who will see to it.");
    expect(JSON.stringify(refused)).toContain("That day has passed.");
    const due = atWork(opening(on.now(), 3)).slice(0, 10);
    await dana.submits({ "Gates at Fault": ["e2e-suite"], Owner: omar.id, Due: due });
    await on.threadSays("BG-1", "REV-1 is submitted by @Dana");
    await on.threadSays("BG-1", "gate-at-fault");
    await on.threadSays("BG-1", "The certificate is checked every week");
    await on.alertSays("BG-1", "written: gate-at-fault", "[Amend Review]");
    await omar.getsMessage("An action from REV-1", "Renew it by itself.", "[Done]");
    await omar.presses("Done", "REV-1");
    await omar.getsMessage("An action from REV-1", "done");
    expect(await on.replies("BG-1", "is submitted by")).toHaveLength(1);
  });

  it("is kept as a draft that the form shows when it is opened again", async () => {
    const { dana } = on;
    await on.closedBypass("BG-2");
    await dana.presses("Write Review", "BG-2", "alert");
    const view = await form(dana);
    await on.slack.as(dana.id).fill({ "What We Learned": "Half a thought." });
    await on.slack.as(dana.id).click(view, "Save Draft");
    await on.slack.until(() => on.slack.render(on.slack.view(dana.id) ?? view).includes("Draft kept"), "a kept draft");
    await on.slack.as(dana.id).cancel();
    await dana.presses("Write Review", "BG-2", "alert");
    expect(on.slack.render(await form(dana))).toContain("Half a thought.");
    await on.slack.as(dana.id).click(await form(dana), "Add Action");
    await on.slack.until(() => on.slack.render(on.slack.view(dana.id) ?? view).includes("Action 2"), "a second action");
    await dana.submits(FILLED);
    await on.threadSays("BG-2", "REV-2 is submitted by @Dana");
  });

  it("can be amended, and both editions stay in the record", async () => {
    const { dana } = on;
    await dana.presses("Amend Review", "BG-2", "alert");
    expect(on.slack.render(await form(dana, "Amend Review"))).toContain("checked every week");
    await dana.submits({ Verdict: "avoidable" });
    await on.threadSays("BG-2", "REV-2 is amended (edition 2)");
    const record = await dana.types("show BG-2");
    expect(record).toContain("handed the review in: justified");
    expect(record).toContain("amended the review: avoidable");
  });

  it("cannot be written by the requester, nor by the approver while others can; the requester may add a view", async () => {
    await on.closedBypass("BG-3");
    await on.priya.presses("Write Review", "BG-3", "alert");
    await on.priya.isTold("Not handed in", "Press Add My View");
    await on.noor.presses("Write Review", "BG-3", "alert");
    await on.noor.isTold("Not handed in", "you approved this bypass");
    await on.lee.presses("Write Review", "BG-3", "alert");
    await on.lee.isTold("Not handed in", "you hold none of these roles");
    await on.priya.presses("Add My View", "BG-3", "alert");
    await on.slack.until(() => on.slack.view(on.priya.id)?.submit === "Add", "the form for the view");
    await on.priya.submits({ "My View": "The runbook was out of date." });
    await on.threadSays("BG-3", "The runbook was out of date.");
  });

  it("stores no secret, neither in the trail nor in a draft, and its lesson can be redacted", async () => {
    const { dana, noor } = on;
    await dana.presses("Write Review", "BG-3", "alert");
    await form(dana);
    const refused = await dana.submits({ ...FILLED, "What We Learned": `The token ${TOKEN} was in the log.` });
    expect(JSON.stringify(refused)).toContain("nothing was recorded");
    await on.slack.as(dana.id).cancel();
    await dana.presses("Write Review", "BG-3", "alert");
    expect(on.slack.render(await form(dana))).not.toContain(TOKEN);
    await dana.submits({ ...FILLED, "What We Learned": "Initech's name was in the log." });
    await on.threadSays("BG-3", "Initech's name");
    const seq = /handed the review in.*?\(entry (\d+)\)/.exec(await dana.types("show BG-3"))?.[1];
    await noor.types(`redact ${seq} lesson it names a customer`);
    await on.threadSays("BG-3", "redacted");
    await on.allIsDelivered();
    expect(await on.replies("BG-3", "Initech")).toEqual([]);
  });

  it("is waived when the bypass was never active", async () => {
    await on.priya.declares();
    await on.noor.denies("BG-4", "Not needed.");
    await on.alertSays("BG-4", "BG-4 denied", "waived: never active");
  });

  it("that another reviewer submitted first is shown beside one's own draft", async () => {
    const { dana, omar } = on;
    on.slack.groups.add("S0LEADS", "on-call-leads", [on.dana.id, on.noor.id, omar.id]);
    await on.minutesPass(10);
    await on.closedBypass("BG-5");
    await dana.presses("Write Review", "BG-5", "alert");
    await form(dana);
    await on.slack.as(dana.id).fill({ ...FILLED, "What We Learned": "What Dana thought." });
    await omar.presses("Write Review", "BG-5", "alert");
    await form(omar);
    await omar.submits({ ...FILLED, "What We Learned": "What Omar thought." });
    await on.threadSays("BG-5", "What Omar thought.");
    expect(JSON.stringify(await dana.submits({}))).toContain("handed the review of BG-5 in meanwhile");
    await on.slack.as(dana.id).cancel();
    await dana.presses("Amend Review", "BG-5", "alert");
    const seen = on.slack.render(await form(dana, "Amend Review"));
    expect(seen).toContain("What Omar thought.");
    expect(seen).toContain("What you had written when somebody else handed theirs in");
    expect(seen).toContain("What Dana thought.");
    await on.slack.as(dana.id).cancel();
  });
});

describe("An overdue review", () => {
  it("is followed up in office hours and in the channel until it is submitted", async () => {
    const { dana, noor } = on;
    await on.closedBypass("BG-6");
    const due = reviewDue(on.now());
    await on.itIs(due);
    const reminded = (who: typeof dana) =>
      who.inbox("REV-6").filter((message) => on.slack.render(message).includes("for you"));
    const before = reminded(noor).length;
    expect(before).toBeGreaterThan(0);
    await on.itIs(opening(due));
    await on.slack.until(
      () =>
        on.slack.messages("C0INCIDENTS").some((one) => one.text.startsWith("Overdue:") && one.text.includes("REV-6")),
      "the overdue review in the channel",
    );
    expect(reminded(noor).length).toBe(before + 1);
    // One message per reminder time, however many items wait.
    expect(noor.inbox("for you").at(-1)?.text).toContain("1 review and 1 sick gate");
    await dana.presses("Write Review", "BG-6", "alert");
    await form(dana);
    await dana.submits(FILLED);
    await on.threadSays("BG-6", "REV-6 is submitted by @Dana");
    const after = reminded(noor).length;
    await on.itIs(opening(on.now()));
    expect(reminded(noor).length).toBe(after);
  });
});
