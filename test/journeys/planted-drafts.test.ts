import postgres from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Journey, openJourney } from "../support/journey/journey.js";

/*
 * Whoever has the run-time password can store any JSON as the draft of any account. The form must open all the same, because
 * only the form can replace a draft.
 */

let on: Journey;
let stolen: postgres.Sql;
beforeAll(async () => {
  on = await openJourney();
  stolen = postgres(on.testApp.database.appUrl, { max: 1, fetch_types: false });
  await on.closedBypass("BG-1");
});
afterEach(() => on.endsWell());
afterAll(async () => {
  await stolen.end({ timeout: 1 });
  await on.close();
});

const EMPTY = { edition: 0, verdict: null, gatesAtFault: [], forcedBy: null, aftermath: null, lesson: "", actions: [] };
const action = { what: "Renew it.", owner: null, due: null };
const planted = {
  "a lesson that is too long": { ...EMPTY, lesson: "l".repeat(100_000) },
  "an action that is too long": { ...EMPTY, actions: [{ ...action, what: "w".repeat(10_000) }] },
  "a due date that is none": { ...EMPTY, actions: [{ ...action, due: "someday" }] },
  "a day that does not exist": { ...EMPTY, actions: [{ ...action, due: "2026-02-31" }] },
  "an owner that is no account": { ...EMPTY, actions: [{ ...action, owner: "nobody" }] },
  "an owner whom Slack does not know": { ...EMPTY, actions: [{ ...action, owner: "U0NOBODY" }] },
  "a thousand actions": { ...EMPTY, actions: Array.from({ length: 1_000 }, () => action) },
  "gates that were not skipped": {
    ...EMPTY,
    gatesAtFault: Array.from({ length: 3_000 }, (_, index) => `gate-${index}`),
  },
  "an edition that is to come": { ...EMPTY, edition: 7, lesson: "<!channel> ".repeat(3_000) },
  "no edition": { ...EMPTY, edition: -1 },
  "a text": "x",
  "a list": [],
} satisfies Readonly<Record<string, postgres.JSONValue>>;

const keep = (draft: postgres.JSONValue) =>
  stolen`SELECT breakglass.save_draft(1, ${on.dana.id}, ${stolen.json(draft)})`;

/** Presses Write Review and returns the form that Slack shows. */
async function opened() {
  await on.dana.presses("Write Review", "BG-1", "alert");
  return on.slack.until(() => {
    const view = on.slack.view(on.dana.id);
    return view?.submit === "Submit Review" ? view : null;
  }, "the review form");
}

describe("A draft that was planted in the database", () => {
  it.each(Object.entries(planted))("opens a form if it holds %s", async (_, draft) => {
    await keep(draft);
    const view = await opened();
    const owners = JSON.stringify(view.blocks).match(/"initial_user":"[^"]*"/g);
    expect(owners).toBeNull();
    await on.slack.as(on.dana.id).cancel();
  });

  it("keeps of a text that is too long what an input takes", async () => {
    await keep({ ...EMPTY, lesson: `Somebody's own words. ${"l".repeat(3_000)}` });
    expect(on.slack.render(await opened())).toContain("Somebody's own words.");
    await on.slack.as(on.dana.id).cancel();
  });

  it("is replaced by the draft that the form saves, and the review can be submitted", async () => {
    await keep(planted["a due date that is none"]);
    const view = await opened();
    await on.slack.as(on.dana.id).fill({ "What We Learned": "Half a thought." });
    await on.slack.as(on.dana.id).click(view, "Save Draft");
    await on.slack.until(
      () => on.slack.render(on.slack.view(on.dana.id) ?? view).includes("Draft kept"),
      "a kept draft",
    );
    await on.slack.as(on.dana.id).cancel();
    expect(on.slack.render(await opened())).toContain("Half a thought.");
    await on.dana.submits({
      Verdict: "justified",
      "What Forced It": "real-emergency",
      "The Skipped Check": "passed-later",
      "What We Learned": "The certificate is checked every week from now on.",
    });
    await on.threadSays("BG-1", "REV-1 is submitted by @Dana");
  });
});
