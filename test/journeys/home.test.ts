import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Journey, openJourney } from "../support/journey/journey.js";

let on: Journey;
beforeAll(async () => {
  on = await openJourney();
});
afterEach(() => on.endsWell());
afterAll(() => on.close());

const homeText = (who: { id: string }): string => {
  const home = on.slack.home(who.id);
  return home === undefined ? "" : on.slack.render(home);
};
const homeSays = (who: { id: string }, ...words: string[]) =>
  on.slack.until(
    () => {
      const home = homeText(who);
      return words.every((word) => home.includes(word)) ? home : null;
    },
    `a Home of ${who.id} that says ${words.join(" and ")}`,
  );
const pressAtHome = async (who: { id: string }, label: string) => {
  const home = on.slack.home(who.id);
  if (home === undefined) throw new Error("there is no Home");
  await on.slack.as(who.id).click(home, label);
};

describe("The App Home", () => {
  it("explains itself while there is nothing to do, and can declare a bypass", async () => {
    await on.slack.as(on.noor.id).openHome();
    await on.slack.as(on.priya.id).openHome();
    await on.slack.as(on.lee.id).openHome();
    expect(await homeSays(on.noor, "Nothing waits for you", "All gates are healthy")).toContain(
      "No bypass is requested",
    );
    expect(await homeSays(on.lee, "Ask somebody on call")).not.toContain("[Break Glass]");
    await pressAtHome(on.priya, "Break Glass");
    await on.slack.until(() => on.slack.view(on.priya.id)?.submit === "Break Glass", "the form");
    await on.priya.submits({
      Gates: ["e2e-suite"],
      Target: "acme/shop#1",
      Incident: "INC-1",
      Reason: "Checkout fails.",
    });
    await on.alert("BG-1");
  });

  it("is updated when something changes, with what waits for its reader first", async () => {
    await homeSays(on.noor, "BG-1", "[Approve]");
    expect(homeText(on.noor)).not.toContain("Checkout fails.");
    await homeSays(on.priya, "BG-1", "[Withdraw]");
    await pressAtHome(on.noor, "Approve");
    await on.alertSays("BG-1", "BG-1 active");
    await homeSays(on.priya, "BG-1", "[Close]");
    await pressAtHome(on.priya, "Close");
    await on.alertSays("BG-1", "BG-1 closed");
    await homeSays(on.noor, "REV-1", "[Write Review]");
  });

  it("reports a refusal by direct message, because the Home has no channel", async () => {
    await pressAtHome(on.noor, "Write Review");
    await on.noor.getsMessage("Not handed in", "you approved this bypass");
  });
});
