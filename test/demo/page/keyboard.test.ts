import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { browserPath } from "../../support/browser.js";
import { alertOf, declare } from "../../support/demo/declaring.js";
import { openTabs, type Tabs } from "../../support/demo/tabs.js";
import { type Visitor, visit } from "../../support/demo/visitor.js";

/** Evaluates to the accessible name of the focused element. */
const FOCUSED = `(() => {
  const focused = document.activeElement;
  return focused?.getAttribute("aria-label") ?? focused?.labels?.[0]?.innerText ?? focused?.innerText ?? "";
})()`;

describe.skipIf(browserPath === null)("keyboard use of the workspace", () => {
  let tabs: Tabs;
  let priya: Visitor;
  beforeAll(async () => {
    tabs = await openTabs();
  });
  beforeEach(async () => {
    priya = await tabs.become("U0PRIYA");
  });
  afterEach(() => tabs.closeTabs());
  afterAll(() => tabs?.close());

  it("opening a form focuses its first field and shows the guide beside it where there is room", async () => {
    const { page, write } = priya;
    await write("/breakglass");
    const dialog = page.getByRole("dialog", { name: "Break Glass" });
    await dialog.waitFor();
    await expect.poll(() => page.evaluate<string>(FOCUSED)).toMatch(/^End-to-end suite/);
    const guide = dialog.getByRole("note", { name: "The guide's words" });
    expect(await guide.isVisible()).toBe(true);
    expect(await guide.innerText()).toContain("Say what and why");
    const phone = await visit(tabs.testApp.browser, tabs.testApp.address, {
      width: 390,
      height: 844,
      at: "#as=U0PRIYA&at=C0INCIDENTS",
    });
    tabs.add(phone);
    expect(await phone.page.locator(".guide-aside").isVisible()).toBe(false);
    expect(await phone.page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    await phone.picture("phone-form");
  });

  it("the guide's suggestion is typed into the composer, which gets the focus, from any page", async () => {
    const lee = await tabs.become("U0LEE");
    const { page, main, button } = lee;
    await page.locator(".sidebar").getByText("Breakglass").click();
    await button("Home", main).click();
    await button("Type It for Me").click();
    const composer = main.getByLabel("Message #incidents");
    await expect.poll(() => composer.inputValue()).toBe("/breakglass");
    await expect.poll(() => page.locator(":focus").getAttribute("placeholder")).toMatch(/^Message #incidents/);
    // The tour switches to Priya, who declares.
    expect(await page.locator(".person[aria-pressed='true']").innerText()).toContain("Priya");
  });

  it("the focus stays on a message whose button disappears after the press", async () => {
    const { name, alert } = await declare(priya, tabs.newIncident());
    const dana = await tabs.become("U0DANA");
    await dana.button("Approve", alert(dana)).focus();
    await dana.page.keyboard.press("Enter");
    await dana.main.getByText(`${name} active`).waitFor();
    const FOCUSED_MESSAGE = "document.activeElement?.closest('article')?.innerText ?? ''";
    await expect.poll(() => dana.page.evaluate<string>(FOCUSED_MESSAGE)).toContain(name);
    await dana.expectNoProblems();
  });

  it("a bypass can be declared with the keyboard alone", async () => {
    const omar = await tabs.become("U0OMAR");
    const { page } = omar;
    const tabTo = async (label: string | RegExp): Promise<void> => {
      for (let presses = 0; presses < 80; presses++) {
        const name = await page.evaluate<string>(FOCUSED);
        if (typeof label === "string" ? name.trim() === label : label.test(name)) return;
        await page.keyboard.press("Tab");
      }
      throw new Error(`Tab never reached ${label}.`);
    };
    const incident = tabs.newIncident();
    await tabTo("Message #incidents");
    await page.keyboard.type("/breakglass");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Break Glass" });
    await dialog.waitFor();
    await tabTo(/^End-to-end suite/);
    await page.keyboard.press("Space");
    await tabTo("Target");
    await page.keyboard.type("service:login");
    await tabTo("Incident");
    await page.keyboard.type(incident);
    await tabTo("Reason");
    await page.keyboard.type("Nobody can log in.");
    await tabTo("Break Glass");
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    await alertOf(omar, incident).waitFor();
    // Closing the dialog returns the focus to the composer.
    await expect.poll(() => page.locator(":focus").getAttribute("placeholder")).toMatch(/^Message #incidents/);
    await omar.expectNoProblems();
  });
});
