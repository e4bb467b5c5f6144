import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { browserPath } from "../../support/browser.js";
import { alertOf, declare } from "../../support/demo/declaring.js";
import { type DemoHouse, openDemoHouse } from "../../support/demo/demo-house.js";
import { type Visitor, visit } from "../../support/demo/visitor.js";

/** The name of what the keyboard is on. */
const FOCUSED = `(() => {
  const one = document.activeElement;
  return one?.getAttribute("aria-label") ?? one?.labels?.[0]?.innerText ?? one?.innerText ?? "";
})()`;

describe.skipIf(browserPath === null)("the workspace in a browser", () => {
  let house: DemoHouse;
  let tabs: Visitor[] = [];
  let priya: Visitor;
  let incidents = 100;

  beforeAll(async () => {
    house = await openDemoHouse();
  });
  afterAll(() => house?.close());

  /** A new tab of that person, in #incidents, with no window open. */
  async function become(id: string, size: { width?: number; height?: number } = {}): Promise<Visitor> {
    const tab = await visit(house.browser, house.address, { ...size, at: `#as=${id}&at=C0INCIDENTS` });
    tabs.push(tab);
    await tab.clearDesk();
    return tab;
  }

  // Each test has tabs and incidents of its own, so that none depends on what became of another.
  beforeEach(async () => {
    priya = await become("U0PRIYA");
  });
  afterEach(async () => {
    await Promise.all(tabs.map((tab) => tab.close()));
    tabs = [];
  });
  const newIncident = (): string => {
    incidents += 1;
    return `INC-${incidents}`;
  };

  it.each([
    ["U0LEE", "an outsider", /may not|only/i],
    ["U0GUEST", "a guest", /guest/i],
  ])("refuses %s, %s, and says so to them alone", async (id, _who, words) => {
    const one = await become(id);
    await one.write("/breakglass");
    const answer = one.main.locator(".only-you").last();
    await answer.waitFor();
    expect(await answer.innerText()).toMatch(words);
    expect(await one.page.getByRole("dialog").count()).toBe(0);
    const said = await answer.locator(".block").first().innerText();
    expect(await priya.main.getByText(said).count()).toBe(0);
    await one.isAtPeace();
  });

  it("tells all problems of a form at once, by Slack's client and by the app, and loses nothing", async () => {
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
    await priya.isAtPeace();
  });

  it("keeps a half-filled form through a reload", async () => {
    const { page, write } = priya;
    await write("/breakglass");
    const dialog = page.getByRole("dialog", { name: "Break Glass" });
    await dialog.getByLabel("Reason").fill("Half a sentence");
    await dialog.getByLabel("Incident").fill("INC-7");
    await dialog.getByLabel("Two approvals on main").check();
    await expect
      .poll(async () => {
        await page.reload();
        await dialog.waitFor();
        const [reason, incident, gate] = ["Reason", "Incident", "Two approvals on main"].map((label) =>
          dialog.getByLabel(label),
        );
        return [await reason?.inputValue(), await incident?.inputValue(), await gate?.isChecked()];
      })
      .toEqual(["Half a sentence", "INC-7", true]);
  });

  it("opens a form with the keyboard on its first field, and the guide's words beside it where there is room", async () => {
    const { page, write } = priya;
    await write("/breakglass");
    const dialog = page.getByRole("dialog", { name: "Break Glass" });
    await dialog.waitFor();
    await expect.poll(() => page.evaluate<string>(FOCUSED)).toMatch(/^End-to-end suite/);
    const words = dialog.getByRole("note", { name: "The guide's words" });
    expect(await words.isVisible()).toBe(true);
    expect(await words.innerText()).toContain("Say what and why");
    const phone = await visit(house.browser, house.address, {
      width: 390,
      height: 844,
      at: "#as=U0PRIYA&at=C0INCIDENTS",
    });
    tabs.push(phone);
    expect(await phone.page.locator(".guide-aside").isVisible()).toBe(false);
    expect(await phone.page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    await phone.picture("phone-form");
  });

  it("puts what the guide suggests into the composer from wherever one is, and the keyboard with it", async () => {
    const lee = await become("U0LEE");
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

  it("settles a race of two tabs once, and tells the loser", async () => {
    const { name, alert } = await declare(priya, newIncident());
    const [dana, noor] = [await become("U0DANA"), await become("U0NOOR")];
    // Both presses are held until both are made: else the slower tab might have seen the other's, and have no button left.
    const pressed = await Promise.all(
      [dana, noor].map(async (one) => {
        let goOn = (): void => {};
        const held = new Promise<void>((resolve) => {
          goOn = resolve;
        });
        await one.page.route("**/api/act/**", async (route) => {
          await held;
          await route.continue();
        });
        const request = one.page.waitForRequest(/\/api\/act/);
        await one.button("Approve", alert(one)).click();
        await request;
        return goOn;
      }),
    );
    for (const goOn of pressed) goOn();
    await priya.main.getByText(`${name} active`).waitFor();
    const broadcasts = priya.main.locator("article").filter({ hasText: "replied to a thread" });
    const approvals = broadcasts.filter({ hasText: `${name} is active` });
    await expect.poll(() => approvals.count()).toBe(1);
    const whispers = ({ main }: Visitor) =>
      main
        .locator(".only-you")
        .filter({ hasText: `${name} ` })
        .count();
    await expect.poll(async () => (await whispers(dana)) + (await whispers(noor))).toBe(1);
  });

  it("goes on in a seventh tab: those that nobody looks at hold no connection", async () => {
    const context = await house.browser.newContext();
    const look = (state: string) =>
      `Object.defineProperty(document, "visibilityState", { value: "${state}", configurable: true });
       document.dispatchEvent(new Event("visibilitychange"));`;
    const tabs: Page[] = [];
    for (let tab = 0; tab < 7; tab++) {
      const page = await context.newPage();
      await page.goto(`${house.address}#as=U0PRIYA&at=C0INCIDENTS`);
      await page.locator("main .composer textarea").waitFor();
      tabs.push(page);
      if (tab < 6) await page.evaluate(look("hidden"));
    }
    const [first, seventh] = [tabs[0], tabs[6]];
    await seventh?.locator("main .composer textarea").fill("Is this tab alive?");
    await seventh?.locator("main .composer textarea").press("Enter");
    await seventh?.locator("main").getByText("Is this tab alive?").waitFor();
    expect(await first?.locator("main").getByText("Is this tab alive?").count()).toBe(0);
    await first?.evaluate(look("visible"));
    await first?.locator("main").getByText("Is this tab alive?").waitFor();
    await context.close();
  });

  it("closes a form that is closed twice without a word", async () => {
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
    await priya.isAtPeace();
  });

  it("keeps the keyboard on a message whose button is gone once it was pressed", async () => {
    const { name, alert } = await declare(priya, newIncident());
    const dana = await become("U0DANA");
    await dana.button("Approve", alert(dana)).focus();
    await dana.page.keyboard.press("Enter");
    await dana.main.getByText(`${name} active`).waitFor();
    const FOCUSED_MESSAGE = "document.activeElement?.closest('article')?.innerText ?? ''";
    await expect.poll(() => dana.page.evaluate<string>(FOCUSED_MESSAGE)).toContain(name);
    await dana.isAtPeace();
  });

  it("can be used with the keyboard alone", async () => {
    const omar = await become("U0OMAR");
    const { page } = omar;
    const tabTo = async (words: string | RegExp): Promise<void> => {
      for (let presses = 0; presses < 80; presses++) {
        const named = await page.evaluate<string>(FOCUSED);
        if (typeof words === "string" ? named.trim() === words : words.test(named)) return;
        await page.keyboard.press("Tab");
      }
      throw new Error(`No key led to ${words}.`);
    };
    const incident = newIncident();
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

  it("fits a phone", async () => {
    const { alert } = await declare(priya, newIncident());
    const dana = await become("U0DANA", { width: 390, height: 844 });
    const { page, main, button } = dana;
    await alert(dana).getByRole("heading").scrollIntoViewIfNeeded();
    expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    await dana.picture("phone");
    await button("Menu").click();
    await page.locator(".sidebar").getByText("Breakglass").click();
    await button("Home", main).click();
    await main.getByText("Waiting for you").waitFor();
    await dana.picture("phone-home");
    await dana.isAtPeace();
  });

  it("shows what is no command, and keeps what was typed", async () => {
    const { page, write, main } = priya;
    await write("/deploy now");
    await page.getByRole("status").getByText("/deploy is not a valid command.").waitFor();
    await expect.poll(() => main.locator(".composer textarea").inputValue()).toBe("/deploy now");
  });

  it("lets people write in the thread of the alert, and tells them there alone that it is on record", async () => {
    const { name, alert } = await declare(priya, newIncident());
    const dana = await become("U0DANA");
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
    await priya.isAtPeace();
  });

  it("is served to this machine's own page alone", async () => {
    const { hostname, port } = new URL(house.address);
    expect(hostname).toBe("127.0.0.1");
    const foreign = await fetch(`${house.address}api/act/U0PRIYA`, {
      method: "POST",
      headers: { origin: "https://evil.example" },
      body: JSON.stringify({ do: "write", channel: "C0INCIDENTS", text: "from elsewhere" }),
    });
    expect(foreign.status).toBe(403);
    const bad = await fetch(`http://127.0.0.1:${port}/api/act/U0PRIYA`, { method: "POST", body: '{"do":"fly"}' });
    expect(bad.status).toBe(400);
    expect(await priya.main.getByText("from elsewhere").count()).toBe(0);
  });
});
