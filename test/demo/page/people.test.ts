import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPath } from "../../support/browser.js";
import { type DemoHouse, openDemoHouse } from "../../support/demo/demo-house.js";
import { type Visitor, visit } from "../../support/demo/visitor.js";

/** The name of what the keyboard is on. */
const FOCUSED = `(() => {
  const one = document.activeElement;
  return one?.getAttribute("aria-label") ?? one?.labels?.[0]?.innerText ?? one?.innerText ?? "";
})()`;

const as = (id: string) => ({ at: `#as=${id}&at=C0INCIDENTS` });

describe.skipIf(browserPath === null)("the workspace in a browser", () => {
  let house: DemoHouse;
  let visitor: Visitor;
  let declared = 0;

  beforeAll(async () => {
    house = await openDemoHouse();
    visitor = await visit(house.browser, house.address);
  });
  afterAll(() => house?.close());

  /** The person one is breaks the glass; resolves with the bypass's name. */
  async function declare({ page, main, write, button }: Visitor): Promise<string> {
    await write("/breakglass");
    const dialog = page.getByRole("dialog", { name: "Break Glass" });
    await dialog.waitFor();
    await button("Fill In an Example").click();
    await expect.poll(() => dialog.getByLabel("Incident").inputValue()).toBe("INC-219");
    await button("Break Glass", dialog).click();
    await dialog.waitFor({ state: "detached" });
    declared += 1;
    await main.getByText(`BG-${declared} requested`).waitFor();
    return `BG-${declared}`;
  }

  const alert = ({ main }: Visitor, name: string) =>
    main.locator("article").filter({ has: main.page().getByRole("heading", { name: new RegExp(`^${name} `) }) });

  it.each([
    ["U0LEE", "an outsider", /may not|only/i],
    ["U0GUEST", "a guest", /guest/i],
  ])("refuses %s, %s, and says so to them alone", async (id, _who, words) => {
    const one = await visit(house.browser, house.address, as(id));
    await one.write("/breakglass");
    const answer = one.main.locator(".only-you").last();
    await answer.waitFor();
    expect(await answer.innerText()).toMatch(words);
    expect(await one.page.getByRole("dialog").count()).toBe(0);
    expect(await visitor.main.locator(".only-you").count()).toBe(0);
    await one.isAtPeace();
    await one.close();
  });

  it("tells all problems of a form at once, by Slack's client and by the app, and loses nothing", async () => {
    const { page, button, write } = visitor;
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
    await visitor.picture("field-errors");
    await visitor.isAtPeace();
    await button("Cancel", dialog).click();
    await dialog.waitFor({ state: "detached" });
  });

  it("keeps a half-filled form through a reload", async () => {
    const { page, write } = visitor;
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
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  });

  it("settles a race of two tabs once, and tells the loser", async () => {
    const name = await declare(visitor);
    const dana = await visit(house.browser, house.address, as("U0DANA"));
    const noor = await visit(house.browser, house.address, as("U0NOOR"));
    const [left, right] = [dana, noor].map((one) => one.button("Approve", alert(one, name)));
    await Promise.all([left?.click(), right?.click()]);
    await visitor.main.getByText(`${name} active`).waitFor();
    const broadcasts = visitor.main.locator("article").filter({ hasText: "replied to a thread" });
    const approvals = broadcasts.filter({ hasText: `${name} is active` });
    await expect.poll(() => approvals.count()).toBe(1);
    const told = async () =>
      (await dana.main.locator(".only-you").count()) + (await noor.main.locator(".only-you").count());
    await expect.poll(told).toBe(1);
    await Promise.all([dana.close(), noor.close()]);
  });

  it("can be used with the keyboard alone", async () => {
    const one = await visit(house.browser, house.address, as("U0OMAR"));
    const { page, main } = one;
    const tabTo = async (words: string | RegExp): Promise<void> => {
      for (let presses = 0; presses < 80; presses++) {
        await page.keyboard.press("Tab");
        const named = await page.evaluate<string>(FOCUSED);
        if (typeof words === "string" ? named.trim() === words : words.test(named)) return;
      }
      throw new Error(`No key led to ${words}.`);
    };
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
    await page.keyboard.type("INC-31");
    await tabTo("Reason");
    await page.keyboard.type("Nobody can log in.");
    await tabTo("Break Glass");
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    declared += 1;
    await main.getByText(`BG-${declared} requested`).waitFor();
    // The window gives the keyboard back to where it was.
    await expect.poll(() => page.locator(":focus").getAttribute("placeholder")).toMatch(/^Message #incidents/);
    await one.isAtPeace();
    await one.close();
  });

  it("fits a phone", async () => {
    const one = await visit(house.browser, house.address, { width: 390, height: 844, ...as("U0DANA") });
    const { page, main, button } = one;
    await main.getByText(`BG-${declared} requested`).scrollIntoViewIfNeeded();
    expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    await one.picture("phone");
    await button("Menu").click();
    await page.locator(".sidebar").getByText("Breakglass").click();
    await button("Home", main).click();
    await main.getByText("Waiting for you").waitFor();
    await one.picture("phone-home");
    await one.isAtPeace();
    await one.close();
  });

  it("shows what is no command, and keeps what was typed", async () => {
    const { page, write, main } = visitor;
    await write("/deploy now");
    await page.getByRole("status").getByText("/deploy is not a valid command.").waitFor();
    expect(await main.locator(".composer textarea").inputValue()).toBe("/deploy now");
    await main.locator(".composer textarea").fill("");
  });

  it("lets people write, and the bot take notes in the thread of the alert", async () => {
    const { main, page } = visitor;
    await main.locator(".replies").first().click();
    const thread = page.getByRole("region", { name: "Thread" });
    await thread.locator("textarea").fill("Rolled back <b>1.4</b>");
    await thread.locator("textarea").press("Enter");
    await thread.getByText("Rolled back <b>1.4</b>", { exact: true }).first().waitFor();
    await visitor.picture("thread");
    await visitor.isAtPeace();
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
    expect(await visitor.main.getByText("from elsewhere").count()).toBe(0);
  });
});
