import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Message, OpenView } from "../../demo/slack/index.js";
import { type Journey, openJourney } from "../support/journey/journey.js";
import { opening } from "../support/journey/office.js";
import type { JourneyPerson } from "../support/journey/person.js";
import { TOKEN } from "../support/secrets.js";

let on: Journey;
beforeAll(async () => {
  on = await openJourney();
});
afterEach(() => on.endsWell());
afterAll(() => on.close());

const FILLED = {
  Verdict: "justified",
  "What Forced It": "broken",
  "The Skipped Check": "unknown",
  "What We Learned": "Nobody watches the runners.",
};

async function isActive(name: string): Promise<void> {
  await on.priya.declares();
  await on.noor.approves(name);
  await on.alertSays(name, `${name} active`);
}

async function opens(who: JourneyPerson, name: string, submit = "Submit Review"): Promise<OpenView> {
  await who.presses(submit === "Submit Review" ? "Write Review" : submit, name, "alert");
  return on.slack.until(() => {
    const view = on.slack.view(who.id);
    return view?.submit === submit ? view : null;
  }, `the form of ${who.id} with [${submit}]`);
}

/** The message with the buttons of another bypass, as in a forged or very old message. */
function withButtonsOf(message: Message, other: Message): Message {
  const [value] = /"BG-\d+@\d+#[0-9a-f]{24}"/.exec(JSON.stringify(other.blocks)) ?? [];
  if (value === undefined) throw new Error("The other message has no button.");
  return withValue(message, value);
}

function withValue(message: Message, value: string): Message {
  const text = JSON.stringify(message.blocks).replaceAll(/"BG-\d+@\d+#[0-9a-f]{24}"/g, value);
  return { ...message, blocks: JSON.parse(text) };
}

const editions = async (name: string): Promise<number> =>
  (await on.noor.types(`show ${name}`)).split(/handed the review in|amended the review/).length - 1;

describe("A review that cannot be written", () => {
  it("is refused with the next step while the bypass runs, when it was never active, or when it does not exist", async () => {
    await on.closedBypass("BG-1");
    const seen = await on.alert("BG-1");
    await isActive("BG-2");
    const second = await on.alert("BG-2");
    await on.dana.pressesStale("Write Review", withButtonsOf(seen, second));
    await on.dana.isTold("Not handed in", "BG-2 is not over yet", "log lines until then");
    await on.priya.pressesStale("Add My View", withButtonsOf(seen, second));
    await on.priya.isTold("Not added", "BG-2 is not over yet");
    await on.dana.pressesStale("Write Review", withValue(seen, `"BG-4711@1#${"0".repeat(24)}"`));
    await on.dana.isTold("a BG-4711 that is not on record", "/breakglass status");
    await on.priya.declares();
    const third = await on.alert("BG-3");
    await on.noor.denies("BG-3", "Not needed.");
    await on.alertSays("BG-3", "denied");
    await on.dana.pressesStale("Write Review", withButtonsOf(seen, third));
    await on.dana.isTold("BG-3 was never active", "nothing to write");
    expect(await editions("BG-2")).toBe(0);
  });

  it("is refused for guests, the requester's other account and views of others, and says who may", async () => {
    await on.guest.presses("Write Review", "BG-1", "alert");
    await on.guest.isTold("Not handed in", "guests of this workspace");
    await on.dana.declares();
    await on.noor.approves("BG-4");
    await on.alertSays("BG-4", "BG-4 active");
    await on.dana.presses("Close", "BG-4", "alert");
    await on.alertSays("BG-4", "[Write Review]");
    await on.danaSecondAccount.presses("Write Review", "BG-4", "alert");
    await on.danaSecondAccount.isTold("Not handed in", "is your own");
    await on.omar.presses("Add My View", "BG-4", "alert");
    await on.omar.isTold("Not added", "only the requester adds their own view");
  });

  it("is refused to its approver until nobody else holds the role, and is then marked", async () => {
    await on.noor.presses("Write Review", "BG-1", "alert");
    await on.noor.isTold("Not handed in", "others hold the reviewer's role");
    on.slack.groups.add("S0LEADS", "on-call-leads", [on.noor.id]);
    await on.minutesPass(10);
    await opens(on.noor, "BG-1");
    await on.noor.submits(FILLED);
    await on.threadSays("BG-1", "REV-1 is submitted by @Noor, who approved it: nobody else holds the role");
    on.slack.groups.add("S0LEADS", "on-call-leads", [on.dana.id, on.noor.id]);
    await on.minutesPass(10);
  });
});

describe("A submitted review", () => {
  it("is submitted once from two open forms of one person; the second is refused and its text kept", async () => {
    await on.closedBypass("BG-5");
    on.slack.groups.add("S0LEADS", "on-call-leads", [on.dana.id, on.danaSecondAccount.id, on.noor.id]);
    await on.minutesPass(10);
    await opens(on.dana, "BG-5");
    await on.slack.as(on.dana.id).fill({ ...FILLED, "What We Learned": "As typed on the laptop." });
    await opens(on.danaSecondAccount, "BG-5");
    await on.danaSecondAccount.submits({ ...FILLED, "What We Learned": "As typed on the phone." });
    await on.threadSays("BG-5", "As typed on the phone.");
    const refused = await on.dana.submits({});
    expect(JSON.stringify(refused.errors)).toContain("handed the review of BG-5 in meanwhile");
    expect(await on.replies("BG-5", "is submitted by")).toHaveLength(1);
    expect(await editions("BG-5")).toBe(1);
    await on.slack.as(on.dana.id).cancel();
    expect(on.slack.render(await opens(on.dana, "BG-5", "Amend Review"))).toContain("As typed on the laptop.");
    await on.slack.as(on.dana.id).cancel();
  });

  it("is refused with every wrong field named, and keeps the typed text even after Cancel", async () => {
    await on.closedBypass("BG-6");
    await opens(on.dana, "BG-6");
    const refused = await on.dana.submits({
      ...FILLED,
      "Gates at Fault": ["e2e-suite"],
      Action: "Watch the runners.",
      Owner: on.guest.id,
      Due: "2020-02-29",
    });
    const errors = JSON.stringify(refused.errors);
    expect(errors).toContain("Gates are named only with the verdict gate-at-fault");
    expect(errors).toContain("Choose a full member of this workspace");
    expect(errors).toContain("That day has passed.");
    expect(Object.keys(refused.errors ?? {}).sort()).toEqual(["Due", "Gates at Fault", "Owner"]);
    await on.slack.as(on.dana.id).cancel();
    const again = on.slack.render(await opens(on.dana, "BG-6"));
    expect(again).toContain("Nobody watches the runners.");
    expect(again).toContain("Watch the runners.");
    const far = new Date(Date.parse(on.now()) + 400 * 86_400_000).toISOString().slice(0, 10);
    const later = await on.dana.submits({ Verdict: "gate-at-fault", Owner: on.omar.id, Due: far });
    expect(JSON.stringify(later.errors)).toContain("more than a year away");
    await on.dana.submits({ Due: opening(on.now(), 5).slice(0, 10) });
    await on.threadSays("BG-6", "gate-at-fault");
    await on.threadSays("BG-6", "Watch the runners.");
    expect(await editions("BG-6")).toBe(1);
  });

  it("can be amended by another reviewer, and both editions keep their lesson and name", async () => {
    on.slack.groups.add("S0LEADS", "on-call-leads", [on.dana.id, on.noor.id, on.omar.id]);
    await on.minutesPass(10);
    const form = on.slack.render(await opens(on.omar, "BG-6", "Amend Review"));
    expect(form).toContain("Nobody watches the runners.");
    // The action of the first edition continues on its own and is not asked for again.
    expect(form).not.toContain("[Watch the runners.]");
    await on.omar.submits({ Verdict: "avoidable", "Gates at Fault": [], "What We Learned": "An alarm was muted." });
    await on.threadSays("BG-6", "REV-6 is amended (edition 2) by @Omar");
    await on.alertSays("BG-6", "written: avoidable, amended (edition 2)");
    const record = await on.noor.types("show BG-6");
    expect(record).toContain("@Dana handed the review in: gate-at-fault: Nobody watches the runners.");
    expect(record).toContain("@Omar amended the review: avoidable: An alarm was muted.");
    await on.omar.getsMessage("An action from REV-6", "[Done]");
    expect(on.omar.inbox("An action from REV-6")).toHaveLength(1);
  });

  it("accepts further views of the requester", async () => {
    await on.priya.presses("Add My View", "BG-6", "alert");
    await on.slack.until(() => on.slack.view(on.priya.id)?.submit === "Add", "the form for the view");
    await on.priya.submits({ "My View": "I had asked for the alarm." });
    await on.threadSays("BG-6", "I had asked for the alarm.");
    expect(await editions("BG-6")).toBe(2);
  });
});

describe("An unfinished review", () => {
  const showing = (who: JourneyPerson, words: string) =>
    on.slack.until(() => {
      const view = on.slack.view(who.id);
      return view !== undefined && on.slack.render(view).includes(words) ? on.slack.render(view) : null;
    }, `a form of ${who.id} that says ${words}`);
  const leads = async (...who: readonly JourneyPerson[]): Promise<void> => {
    const ids = who.map(({ id }) => id);
    on.slack.groups.add("S0LEADS", "on-call-leads", ids);
    await on.minutesPass(10);
  };

  it.each([["Save Draft"], ["Add Action"]])(
    "stays in its form when %s is refused to someone who lost the role, and nothing of it is kept",
    async (label) => {
      await leads(on.dana, on.noor, on.omar);
      const name = label === "Save Draft" ? "BG-7" : "BG-8";
      await on.closedBypass(name);
      const form = await opens(on.omar, name);
      await on.slack.as(on.omar.id).fill({ "What We Learned": "Half a thought." });
      await leads(on.dana, on.noor);
      await on.slack.as(on.omar.id).click(form, label);
      await on.omar.getsMessage("Not kept: the review is written by", "still stands in the form");
      const refused = await on.omar.submits(FILLED);
      expect(JSON.stringify(refused.errors)).toContain("still stands in the form");
      await on.slack.as(on.omar.id).cancel();
      await leads(on.dana, on.noor, on.omar);
      expect(on.slack.render(await opens(on.omar, name))).not.toContain("Half a thought.");
      await on.slack.as(on.omar.id).cancel();
    },
  );

  it("stays in its form while Slack cannot say who holds the role, and its writer gets a message", async () => {
    const form = await opens(on.omar, "BG-8");
    await on.slack.as(on.omar.id).fill({ "What We Learned": "A whole thought." });
    const back = on.slack.faults.set("usergroups.users.list", { kind: "http", status: 503 }, { next: 10_000 });
    await on.minutesPass(16);
    await on.slack.as(on.omar.id).click(form, "Save Draft");
    await on.omar.getsMessage("could not be checked", "still stands in the form");
    back();
    expect(on.slack.view(on.omar.id)?.submit).toBe("Submit Review");
    await on.omar.submits(FILLED);
    await on.threadSays("BG-8", "is submitted by @Omar");
  });

  it("is kept without the part that looks like a secret, and the form says so", async () => {
    const form = await opens(on.dana, "BG-7");
    await on.slack.as(on.dana.id).fill({ "What We Learned": `The runner used ${TOKEN}.` });
    await on.slack.as(on.dana.id).click(form, "Save Draft");
    await showing(on.dana, "but for what looks like a password");
    await on.slack.as(on.dana.id).cancel();
    expect(on.slack.render(await opens(on.dana, "BG-7"))).not.toContain(TOKEN);
    await on.slack.as(on.dana.id).cancel();
  });
});
