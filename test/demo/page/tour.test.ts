import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPath } from "../../support/browser.js";
import { type DemoHouse, openDemoHouse } from "../../support/demo/demo-house.js";
import { type Visitor, visit } from "../../support/demo/visitor.js";

describe.skipIf(browserPath === null)("the guided tour", () => {
  let house: DemoHouse;
  let visitor: Visitor;

  beforeAll(async () => {
    house = await openDemoHouse();
    visitor = await visit(house.browser, house.address);
  });
  afterAll(() => house?.close());

  const guide = () => visitor.page.getByRole("region", { name: "Guide" });
  const step = (title: string) => guide().getByText(title).waitFor();

  it("leads from the broken glass to the reading of the gate", async () => {
    const { page, main, button } = visitor;
    await step("Break the glass");
    await visitor.isAtPeace();
    await button("Type It for Me").click();
    await main.locator(".command-hint").waitFor();
    await visitor.picture("1-command");
    await main.locator(".composer textarea").press("Enter");

    const dialog = page.getByRole("dialog", { name: "Break Glass" });
    await dialog.waitFor();
    await button("Fill In an Example").click();
    await expect.poll(() => dialog.getByLabel("Incident").inputValue()).toBe("INC-219");
    await visitor.picture("2-declaration");
    await visitor.isAtPeace();
    await button("Break Glass", dialog).click();
    await dialog.waitFor({ state: "detached" });
    await main.getByText("BG-1 requested").waitFor();

    await step("You cannot let yourself out");
    await page.getByRole("status").getByText("waits for Dana and Noor").waitFor();
    await button("Approve", main).click();
    await main.getByText("nobody approves their own bypass").waitFor();
    await visitor.picture("3-no-self-approval");

    await step("A second person");
    await button("Act as Dana").click();
    await main.getByText("Only visible to you").waitFor({ state: "detached" });
    await button("Approve", main).click();
    await main.getByText("BG-1 active").waitFor();
    await visitor.showcase("workspace");

    await step("Sixty minutes and no longer");
    await button("To the End of the Grant", guide()).click();
    await main.getByText("BG-1 expired").waitFor({ timeout: 60_000 });
    await step("Look back without blame");
    await button("Act as Noor").click();
    await button("Write Review", main).first().click();
    const review = page.getByRole("dialog", { name: "Review REV-1" });
    await review.getByLabel("What Forced It").waitFor();
    await button("Fill In an Example").click();
    await expect.poll(() => review.getByLabel("What Forced It").inputValue()).toBe("slow");
    await visitor.picture("5-review");
    await visitor.isAtPeace();
    await button("Submit Review", review).click();
    await review.waitFor({ state: "detached" });

    await step("How is the gate?");
    await button("Type It for Me").click();
    await main.locator(".composer textarea").press("Enter");
    await main.getByText("healthy").first().waitFor();
    await step("That is the whole loop");
    await visitor.picture("6-stats");
    await page.getByRole("button", { name: /^Breakglass/ }).click();
    await main.locator(".file img").waitFor();
    await visitor.picture("7-picture-of-the-gates");
    await button("Home", main).click();
    await main.getByText("Waiting for you").waitFor();
    await visitor.picture("8-home");
    await visitor.isAtPeace();
  });

  it("tells of tomorrow's reminders when the clock is moved there", async () => {
    const { main, button, page } = visitor;
    await page.locator(".sidebar").getByText("# incidents").click();
    await button("Act as Priya").or(page.locator(".person").first()).first().click();
    await visitor.write("/breakglass");
    const dialog = page.getByRole("dialog", { name: "Break Glass" });
    await dialog.waitFor();
    await button("Fill In an Example").click();
    await expect.poll(() => dialog.getByLabel("Incident").inputValue()).toBe("INC-219");
    await button("Break Glass", dialog).click();
    await main.getByText("BG-2 requested").waitFor();
    await button("To Tomorrow").click();
    await main.getByText("BG-2 lapsed").waitFor({ timeout: 60_000 });
    await visitor.isAtPeace();
  });
});
