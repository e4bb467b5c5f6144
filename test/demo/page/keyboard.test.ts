import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { browserPath } from "../../support/browser.js";
import { alertOf, declare } from "../../support/demo/declaring.js";
import { openTabs, type Tabs } from "../../support/demo/tabs.js";
import { type Visitor, visit } from "../../support/demo/visitor.js";

/** The name of what the keyboard is on. */
const FOCUSED = `(() => {
  const one = document.activeElement;
  return one?.getAttribute("aria-label") ?? one?.labels?.[0]?.innerText ?? one?.innerText ?? "";
})()`;

describe.skipIf(browserPath === null)("the keyboard in the workspace", () => {
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

  it("opens a form with the keyboard on its first field, and the guide's words beside it where there is room", async () => {
    const { page, write } = priya;
    await write("/breakglass");
    const dialog = page.getByRole("dialog", { name: "Break Glass" });
    await dialog.waitFor();
    await expect.poll(() => page.evaluate<string>(FOCUSED)).toMatch(/^End-to-end suite/);
    const words = dialog.getByRole("note", { name: "The guide's words" });
    expect(await words.isVisible()).toBe(true);
    expect(await words.innerText()).toContain("Say what and why");
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

  it("puts what the guide suggests into the composer from wherever one is, and the keyboard with it", async () => {
    const lee = await tabs.become("U0LEE");
    const { page, main, button } = lee;
    await page.locator(".sidebar").getByText("Breakglass").click();
    await button("Home", main).click();
    await button("Type It for Me").click();
    const composer = main.getByLabel("Message #incidents");
    await expect.poll(() => composer.inputValue()).toBe("/breakglass");
    await expect.poll(() => page.locator(":focus").getAttribute("placeholder")).toMatch(/^Message #incidents/);
    // It is Priya's to declare.
    expect(await page.locator(".person[aria-pressed='true']").innerText()).toContain("Priya");
  });

  it("keeps the keyboard on a message whose button is gone once it was pressed", async () => {
    const { name, alert } = await declare(priya, tabs.newIncident());
    const dana = await tabs.become("U0DANA");
    await dana.button("Approve", alert(dana)).focus();
    await dana.page.keyboard.press("Enter");
    await dana.main.getByText(`${name} active`).waitFor();
    const FOCUSED_MESSAGE = "document.activeElement?.closest('article')?.innerText ?? ''";
    await expect.poll(() => dana.page.evaluate<string>(FOCUSED_MESSAGE)).toContain(name);
    await dana.isAtPeace();
  });

  it("can be used with the keyboard alone", async () => {
    const omar = await tabs.become("U0OMAR");
    const { page } = omar;
    const tabTo = async (words: string | RegExp): Promise<void> => {
      for (let presses = 0; presses < 80; presses++) {
        const named = await page.evaluate<string>(FOCUSED);
        if (typeof words === "string" ? named.trim() === words : words.test(named)) return;
        await page.keyboard.press("Tab");
      }
      throw new Error(`No key led to ${words}.`);
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
    // The window gives the keyboard back to where it was.
    await expect.poll(() => page.locator(":focus").getAttribute("placeholder")).toMatch(/^Message #incidents/);
    await omar.isAtPeace();
  });
});
