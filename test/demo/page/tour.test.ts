import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { browserPath } from "../../support/browser.js";
import { declare } from "../../support/demo/declaring.js";
import { type DemoApp, openDemoApp } from "../../support/demo/demo-app.js";
import { type Visitor, visit } from "../../support/demo/visitor.js";

describe.skipIf(browserPath === null)("the guided tour", () => {
  let testApp: DemoApp;
  let visitor: Visitor;

  // A workspace of its own for each, in which nothing has happened yet.
  beforeEach(async () => {
    testApp = await openDemoApp();
    visitor = await visit(testApp.browser, testApp.address);
  });
  afterEach(() => testApp?.close());

  const guide = () => visitor.page.getByRole("region", { name: "Guide" });
  const step = (title: string) => guide().getByText(title).waitFor();

  const me = (name: string) =>
    expect.poll(() => visitor.page.locator(".person[aria-pressed='true']").innerText()).toContain(name);

  it("leads from the broken glass to the reading of the gate", { timeout: 300_000 }, async () => {
    const { page, main, button } = visitor;
    await step("Break the glass");
    await visitor.isAtPeace();
    await button("Type It for Me").click();
    await main.locator(".command-hint").waitFor();
    await visitor.picture("1-command");
    // The keyboard is where the words are.
    await page.keyboard.press("Enter");

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

    await step("A second person says yes");
    await button("Act as Dana").click();
    await me("Dana");
    await button("Approve", main).click();
    await main.getByText("BG-1 active").waitFor();
    await visitor.showcase("workspace");

    await step("Sixty minutes and no longer");
    await button("To the End of the Grant", guide()).click();
    await main.getByText("BG-1 expired").waitFor();
    await step("Look back without blame");
    await button("Act as Noor").click();
    // Until her screen is there, one still presses as Dana.
    await me("Noor");
    await button("Write Review", main).first().click();
    const review = page.getByRole("dialog", { name: "Review REV-1" });
    await review.getByLabel("What Forced It").waitFor();
    await button("Fill In an Example").click();
    await expect.poll(() => review.getByLabel("What Forced It").inputValue()).toBe("slow");
    await expect.poll(() => review.getByLabel("Gate at fault").isChecked()).toBe(true);
    await expect.poll(() => review.getByLabel("Due").inputValue()).toMatch(/^\d{4}-\d\d-\d\d$/);
    await visitor.picture("5-review");
    await visitor.isAtPeace();
    await button("Submit Review", review).click();
    await review.waitFor({ state: "detached" });

    await step("How is the gate?");
    await button("Type It for Me").click();
    await expect.poll(() => main.locator(".composer textarea").inputValue()).toBe("/breakglass stats");
    await page.keyboard.press("Enter");
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

  it("tells what was due on the way in its order when the clock is moved to tomorrow", async () => {
    const { main, button } = visitor;
    const { name, alert } = await declare(visitor, "INC-300");
    await button("Tomorrow").click();
    await main.getByText(`${name} lapsed`).waitFor();
    await alert(visitor).locator(".replies").click();
    const replies = visitor.page.getByRole("region", { name: "Thread" }).locator("article");
    await replies.filter({ hasText: "lapsed" }).last().waitFor();
    // Asked again every three minutes, then given up: no two of them at once.
    const times = await replies.locator(".byline time").allInnerTexts();
    expect(times.length).toBeGreaterThan(5);
    expect(new Set(times).size).toBe(times.length);
    await visitor.isAtPeace();
  });

  it("warns before the end of a grant, however far the clock is moved", async () => {
    const { main, page, button } = visitor;
    const { name, alert } = await declare(visitor, "INC-301");
    await visitor.actAs("Dana");
    await button("Approve", alert(visitor)).click();
    await main.getByText(`${name} active`).waitFor();
    await button("+1 week").click();
    await main.getByText(`${name} expired`).waitFor();
    await alert(visitor).locator(".replies").click();
    await page.getByRole("region", { name: "Thread" }).getByText("There is no extension").waitFor();
  });
});
