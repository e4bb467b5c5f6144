import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { browserPath } from "../../support/browser.js";
import { declare } from "../../support/demo/declaring.js";
import { type DemoApp, openDemoApp } from "../../support/demo/demo-app.js";
import { type Visitor, visit } from "../../support/demo/visitor.js";

describe.skipIf(browserPath === null)("the guided tour", () => {
  let testApp: DemoApp;
  let visitor: Visitor;

  // Each test gets a new workspace in which nothing has happened yet.
  beforeEach(async () => {
    testApp = await openDemoApp();
    visitor = await visit(testApp.browser, testApp.address);
  });
  afterEach(() => testApp?.close());

  const guide = () => visitor.page.getByRole("region", { name: "Guide" });
  const step = (title: string) => guide().getByText(title).waitFor();

  const actingAs = (name: string) =>
    expect.poll(() => visitor.page.locator(".person[aria-pressed='true']").innerText()).toContain(name);

  it("leads from the declaration to the reading of the gate", { timeout: 300_000 }, async () => {
    const { page, main, button } = visitor;
    await step("Break the glass");
    await visitor.expectNoProblems();
    await button("Type It for Me").click();
    await main.locator(".command-hint").waitFor();
    await visitor.picture("1-command");
    // The focus is in the composer, where the command was typed.
    await page.keyboard.press("Enter");

    const dialog = page.getByRole("dialog", { name: "Break Glass" });
    await dialog.waitFor();
    await button("Fill In an Example").click();
    await expect.poll(() => dialog.getByLabel("Incident").inputValue()).toBe("INC-219");
    await visitor.picture("2-declaration");
    await visitor.expectNoProblems();
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
    await actingAs("Dana");
    await button("Approve", main).click();
    await main.getByText("BG-1 active").waitFor();
    await visitor.showcase("workspace");

    await step("Sixty minutes and no longer");
    await button("To the End of the Grant", guide()).click();
    await main.getByText("BG-1 expired").waitFor();
    await step("Look back without blame");
    await button("Act as Noor").click();
    // Until her screen is shown, a press still counts as Dana's.
    await actingAs("Noor");
    await button("Write Review", main).first().click();
    const review = page.getByRole("dialog", { name: "Review REV-1" });
    await review.getByLabel("What Forced It").waitFor();
    await button("Fill In an Example").click();
    await expect.poll(() => review.getByLabel("What Forced It").inputValue()).toBe("slow");
    await expect.poll(() => review.getByLabel("Gate at fault").isChecked()).toBe(true);
    await expect.poll(() => review.getByLabel("Due").inputValue()).toMatch(/^\d{4}-\d\d-\d\d$/);
    await visitor.picture("5-review");
    await visitor.expectNoProblems();
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
    await visitor.expectNoProblems();
  });

  it("moving the clock to tomorrow posts what becomes due on the way, in order", async () => {
    const { main, button } = visitor;
    const { name, alert } = await declare(visitor, "INC-300");
    await button("Tomorrow").click();
    await main.getByText(`${name} lapsed`).waitFor();
    await alert(visitor).locator(".replies").click();
    const replies = visitor.page.getByRole("region", { name: "Thread" }).locator("article");
    await replies.filter({ hasText: "lapsed" }).last().waitFor();
    // A reminder every three minutes, then the request lapses: no two replies have the same time.
    const times = await replies.locator(".byline time").allInnerTexts();
    expect(times.length).toBeGreaterThan(5);
    expect(new Set(times).size).toBe(times.length);
    await visitor.expectNoProblems();
  });

  it("a grant's end is announced beforehand, however far the clock is moved", async () => {
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
