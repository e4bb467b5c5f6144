import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { expect } from "vitest";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** Screenshots for people to look at; not part of the repository. */
const PICTURES = resolve("test-results/pictures");
/** The folder for the README's pictures; set by `npm run pictures`. */
const README_PICTURES = process.env.BREAKGLASS_PICTURES;

/** A browser tab on the demo page. */
export interface Visitor {
  readonly page: Page;
  readonly main: Locator;
  actAs(name: string): Promise<void>;
  /** Types into the channel's composer and sends it. */
  write(text: string): Promise<void>;
  /** A button by its label. */
  button(words: string, within?: Locator): Locator;
  /** Closes the modals that an earlier tab of this person left open. */
  closeModals(): Promise<void>;
  /** Fails on console errors and warnings, on layout shifts without input, and on violations that axe finds. */
  expectNoProblems(): Promise<void>;
  picture(name: string): Promise<void>;
  /** A picture for the README. */
  showcase(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Guards against what never happens, not against slowness: a loaded machine takes several times as long. */
const TIMEOUT_MS = 100_000;

/** A layout shift: its score, and the class names of what moved. */
interface Shift {
  readonly value: number;
  readonly what: readonly string[];
}

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

/** Records layout shifts that no input caused. */
const WATCH_SHIFTS = `
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      if (!entry.hadRecentInput)
        window.shifts.push({ value: entry.value, what: entry.sources.map(({ node }) => node?.className ?? "text") });
  }).observe({ type: "layout-shift", buffered: true });
`;

export async function visit(
  browser: Browser,
  address: string,
  { width = 1400, height = 900, at = "" } = {},
): Promise<Visitor> {
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: "reduce" });
  context.setDefaultTimeout(TIMEOUT_MS);
  const page = await context.newPage();
  const consoleProblems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") consoleProblems.push(message.text());
  });
  page.on("pageerror", (fault) => consoleProblems.push(fault.message));
  await page.addInitScript(WATCH_SHIFTS);
  await page.goto(`${address}${at}`);
  const main = page.locator("main");
  await main.waitFor();
  const button = (words: string, within: Locator = page.locator("body")): Locator =>
    within.getByText(words, { exact: true }).and(page.locator("button"));
  return {
    page,
    main,
    button,
    actAs: async (name) => {
      const person = page.locator(".person").filter({ has: page.getByText(name, { exact: true }) });
      await person.click();
      await expect.poll(() => person.getAttribute("aria-pressed")).toBe("true");
    },
    write: async (text) => {
      const composer = main.locator(".composer textarea");
      await composer.fill(text);
      await composer.press("Enter");
    },
    closeModals: async () => {
      const modals = page.getByRole("dialog");
      while ((await modals.count()) > 0) {
        const title = await modals.getByRole("heading").first().innerText();
        await page.keyboard.press("Escape");
        await modals.filter({ has: page.getByRole("heading", { name: title }) }).waitFor({ state: "detached" });
      }
    },
    expectNoProblems: async () => {
      expect(consoleProblems).toEqual([]);
      const shifts = await page.evaluate<readonly Shift[]>("window.shifts");
      const moved = shifts.reduce((sum, { value }) => sum + value, 0);
      expect(moved, `layout shifts without input: ${JSON.stringify(shifts)}`).toBeLessThan(0.02);
      await page.evaluate(AXE);
      const { violations } = await page.evaluate<AxeResult>("window.axe.run({ resultTypes: ['violations'] })");
      const found = violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`,
      );
      expect(found).toEqual([]);
    },
    picture: (name) => shoot(page, PICTURES, name),
    showcase: (name) => shoot(page, README_PICTURES === undefined ? PICTURES : resolve(README_PICTURES), name),
    close: () => context.close(),
  };
}

async function shoot(page: Page, folder: string, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
