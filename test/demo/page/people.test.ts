import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { browserPath } from "../../support/browser.js";
import { declare } from "../../support/demo/declaring.js";
import { openTabs, type Tabs } from "../../support/demo/tabs.js";
import type { Visitor } from "../../support/demo/visitor.js";

describe.skipIf(browserPath === null)("the workspace in a browser", () => {
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

  it.each([
    ["U0LEE", "an outsider", /may not|only/i],
    ["U0GUEST", "a guest", /guest/i],
  ])("%s, %s, is refused in a message that only they see", async (id, _kind, reason) => {
    const visitor = await tabs.become(id);
    await visitor.write("/breakglass");
    const answer = visitor.main.locator(".only-you").last();
    await answer.waitFor();
    expect(await answer.innerText()).toMatch(reason);
    expect(await visitor.page.getByRole("dialog").count()).toBe(0);
    const refusal = await answer.locator(".block").first().innerText();
    expect(await priya.main.getByText(refusal).count()).toBe(0);
    await visitor.expectNoProblems();
  });

  it("a form shows all problems at once, from Slack's client and from the app, and keeps its values", async () => {
    const { page, button, write } = priya;
    await write("/breakglass");
    const dialog = page.getByRole("dialog", { name: "Break Glass" });
    await dialog.waitFor();
    await dialog.getByLabel("Reason").fill("Login is down.");
    await button("Break Glass", dialog).click();
    await dialog.getByText("Please complete this required field.").first().waitFor();
    expect(await dialog.getByText("Please complete this required field.").count()).toBe(3);
    await dialog.getByLabel("End-to-end suite (40 min)").check();
    await dialog.getByLabel("Target").fill("service:login");
    await dialog.getByLabel("Incident").fill("lunch");
    await button("Break Glass", dialog).click();
    await dialog.getByText(/INC-/).and(dialog.locator(".problem")).waitFor();
    expect(await dialog.getByLabel("Reason").inputValue()).toBe("Login is down.");
    await priya.picture("field-errors");
    await priya.expectNoProblems();
  });

  it("a half-filled form survives a reload", async () => {
    const { page, write } = priya;
    await write("/breakglass");
    const dialog = page.getByRole("dialog", { name: "Break Glass" });
    await dialog.getByLabel("Reason").fill("Half a sentence");
    await dialog.getByLabel("Incident").fill("INC-7");
    // A reload breaks off what is still being sent; fields are sent in the order in which they were filled.
    const sent = page.waitForResponse((response) => response.request().postData()?.includes("two-approvals") === true);
    await dialog.getByLabel("Two approvals on main").check();
    await sent;
    await page.reload();
    await dialog.waitFor();
    expect(await dialog.getByLabel("Reason").inputValue()).toBe("Half a sentence");
    expect(await dialog.getByLabel("Incident").inputValue()).toBe("INC-7");
    expect(await dialog.getByLabel("Two approvals on main").isChecked()).toBe(true);
  });

  it("two approvals pressed at once in two tabs settle the request once, and the slower person is told", async () => {
    const { name, alert } = await declare(priya, tabs.newIncident());
    const [dana, noor] = [await tabs.become("U0DANA"), await tabs.become("U0NOOR")];
    // Hold both presses until both are made. Otherwise the slower tab may already show the settlement, without a button.
    const pressed = await Promise.all(
      [dana, noor].map(async (approver) => {
        let release = (): void => {};
        const held = new Promise<void>((resolve) => {
          release = resolve;
        });
        await approver.page.route("**/api/act/**", async (route) => {
          await held;
          await route.continue();
        });
        const request = approver.page.waitForRequest(/\/api\/act/);
        await approver.button("Approve", alert(approver)).click();
        await request;
        return release;
      }),
    );
    for (const release of pressed) release();
    await priya.main.getByText(`${name} active`).waitFor();
    const broadcasts = priya.main.locator("article").filter({ hasText: "replied to a thread" });
    const approvals = broadcasts.filter({ hasText: `${name} is active` });
    await expect.poll(() => approvals.count()).toBe(1);
    const ephemerals = ({ main }: Visitor) =>
      main
        .locator(".only-you")
        .filter({ hasText: `${name} ` })
        .count();
    await expect.poll(async () => (await ephemerals(dana)) + (await ephemerals(noor))).toBe(1);
  });

  it("a seventh tab works, because hidden tabs hold no connection", async () => {
    const context = await tabs.testApp.browser.newContext();
    const setVisibility = (state: string) =>
      `Object.defineProperty(document, "visibilityState", { value: "${state}", configurable: true });
       document.dispatchEvent(new Event("visibilitychange"));`;
    const pages: Page[] = [];
    for (let tab = 0; tab < 7; tab++) {
      const page = await context.newPage();
      await page.goto(`${tabs.testApp.address}#as=U0PRIYA&at=C0INCIDENTS`);
      await page.locator("main .composer textarea").waitFor();
      pages.push(page);
      if (tab < 6) await page.evaluate(setVisibility("hidden"));
    }
    const [first, seventh] = [pages[0], pages[6]];
    await seventh?.locator("main .composer textarea").fill("Is this tab alive?");
    await seventh?.locator("main .composer textarea").press("Enter");
    await seventh?.locator("main").getByText("Is this tab alive?").waitFor();
    expect(await first?.locator("main").getByText("Is this tab alive?").count()).toBe(0);
    await first?.evaluate(setVisibility("visible"));
    await first?.locator("main").getByText("Is this tab alive?").waitFor();
    await context.close();
  });

  it("cancelling a form twice shows no error", async () => {
    const { page, write, button } = priya;
    const dialog = page.getByRole("dialog", { name: "Break Glass" });
    await write("/breakglass");
    await dialog.waitFor();
    await button("Cancel", dialog).dblclick();
    await dialog.waitFor({ state: "detached" });
    await write("/breakglass");
    await dialog.waitFor();
    await page.evaluate(`(() => {
      const window = document.querySelector("dialog");
      for (const _press of [1, 2]) window.dispatchEvent(new Event("cancel", { cancelable: true }));
    })()`);
    await dialog.waitFor({ state: "detached" });
    expect(
      await page
        .getByRole("status")
        .getByText(/modal|closed/)
        .count(),
    ).toBe(0);
    await priya.expectNoProblems();
  });

  it("the page fits a phone screen", async () => {
    const { alert } = await declare(priya, tabs.newIncident());
    const dana = await tabs.become("U0DANA", { width: 390, height: 844 });
    const { page, main, button } = dana;
    await alert(dana).getByRole("heading").scrollIntoViewIfNeeded();
    expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    await dana.picture("phone");
    await button("Menu").click();
    await page.locator(".sidebar").getByText("Breakglass").click();
    await button("Home", main).click();
    await main.getByText("Waiting for you").waitFor();
    await dana.picture("phone-home");
    await dana.expectNoProblems();
  });

  it("an unknown command is reported and stays in the composer", async () => {
    const { page, write, main } = priya;
    await write("/deploy now");
    await page.getByRole("status").getByText("/deploy is not a valid command.").waitFor();
    await expect.poll(() => main.locator(".composer textarea").inputValue()).toBe("/deploy now");
  });

  it("a log: reply in the alert's thread is confirmed only to its author, in the thread", async () => {
    const { name, alert } = await declare(priya, tabs.newIncident());
    const dana = await tabs.become("U0DANA");
    await dana.button("Approve", alert(dana)).click();
    await alert(priya).locator(".replies").click();
    const { main, page } = priya;
    const thread = page.getByRole("region", { name: "Thread" });
    await thread.locator("textarea").fill("log: rolled back <b>1.4</b>");
    await thread.locator("textarea").press("Enter");
    await thread.getByText("log: rolled back <b>1.4</b>", { exact: true }).first().waitFor();
    await thread.locator(".only-you").getByText(name).waitFor();
    expect(await main.locator(".only-you").getByText(`Logged to ${name}`).count()).toBe(0);
    await priya.picture("thread");
    await priya.expectNoProblems();
  });

  it("the server answers only its own page on this machine", async () => {
    const { hostname, port } = new URL(tabs.testApp.address);
    expect(hostname).toBe("127.0.0.1");
    const crossOrigin = await fetch(`${tabs.testApp.address}api/act/U0PRIYA`, {
      method: "POST",
      headers: { origin: "https://evil.example" },
      body: JSON.stringify({ do: "write", channel: "C0INCIDENTS", text: "from elsewhere" }),
    });
    expect(crossOrigin.status).toBe(403);
    const bad = await fetch(`http://127.0.0.1:${port}/api/act/U0PRIYA`, { method: "POST", body: '{"do":"fly"}' });
    expect(bad.status).toBe(400);
    expect(await priya.main.getByText("from elsewhere").count()).toBe(0);
  });
});
