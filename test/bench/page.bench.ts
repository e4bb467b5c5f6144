import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { browserPath, openBrowser } from "../support/browser.js";
import { type DemoProcess, startDemo } from "../support/demo/demo-program.js";
import { type Visitor, visit } from "../support/demo/visitor.js";
import { installProgram, type Program } from "../support/reliability/program.js";
import { progress, report } from "./support/figures.js";
import { alternate, median, ms, type Turn, times, turnOf } from "./support/rounds.js";
import { rounds, sizeOf } from "./support/sizes.js";

const PART = "page";
const COUNT = sizeOf("PAGE", 20);

let program: Program;
let browser: Browser;

beforeAll(async () => {
  if (browserPath === null) return;
  [program, browser] = await Promise.all([installProgram(), openBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await program?.dispose();
});

async function end(demo: DemoProcess): Promise<void> {
  demo.signal("SIGINT");
  await demo.ended;
}

test.skipIf(browserPath === null)("npm run demo to a page that can be used", async () => {
  const seen: Record<"first" | "again", number[]> = { first: [], again: [] };
  for (let round = 0; round < rounds(3); round += 1) {
    await rm(join(program.folder, ".breakglass-demo"), { recursive: true, force: true });
    for (const kind of ["first", "again"] as const) {
      const began = performance.now();
      const demo = startDemo({ program: program.folder });
      const visitor = await visit(browser, await demo.page);
      seen[kind].push((performance.now() - began) / 1000);
      progress(PART, `${kind}: ${seen[kind].at(-1)?.toFixed(2)} s`);
      await visitor.close();
      await end(demo);
    }
  }
  const all = [...seen.first, ...seen.again];
  await report({
    part: PART,
    what: "the demo started → its page can be used",
    target: "< 10 s",
    measured: `${median(seen.first).toFixed(2)} s the first time, ${median(seen.again).toFixed(2)} s with its data there`,
    noise: `slowest ${Math.max(...all).toFixed(2)} s`,
    verdict: Math.max(...all) < 10 ? "held" : "missed",
    bound: "the loading of the packages, PostgreSQL's start, and the first time initdb",
  });
});

/** Measures `count` interactions, one after the other, from the key press to the result on the screen. */
async function clicks(count: number, click: (index: number) => Promise<void>): Promise<Turn> {
  const began = performance.now();
  const latencies: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const pressed = performance.now();
    await click(index);
    latencies.push(performance.now() - pressed);
  }
  return turnOf(latencies, (performance.now() - began) / 1000);
}

test.skipIf(browserPath === null)("a click to its answer on the screen, beside a message without the bot", async () => {
  const demo = startDemo({ program: program.folder, args: ["--page", "--fresh"] });
  const visitor: Visitor = await visit(browser, await demo.page);
  const { main, page, write } = visitor;
  let sentMessages = 0;
  const plain = (): Promise<Turn> =>
    clicks(COUNT, async () => {
      sentMessages += 1;
      await write(`message ${sentMessages}.`);
      await main.getByText(`message ${sentMessages}.`, { exact: true }).waitFor();
    });
  const ephemerals = main.locator(".only-you");
  const help = async (): Promise<Turn> => {
    const turn = await clicks(COUNT, async () => {
      await write("/breakglass help");
      await ephemerals.first().waitFor();
      await main.getByText("Dismiss message").first().click();
      await ephemerals.first().waitFor({ state: "detached" });
    });
    return turn;
  };
  const form = (): Promise<Turn> =>
    clicks(COUNT, async () => {
      await write("/breakglass");
      await page.getByRole("dialog").waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    });
  const arms = await alternate(PART, rounds(3), { plain, help, form, "plain again": plain });
  const noise = `p50 ${times(arms["plain again"].p50 / arms.plain.p50)}`;
  for (const [what, arm] of [
    ["/breakglass help → the answer on the screen, and dismissed", arms.help],
    ["/breakglass → the form on the screen, and closed", arms.form],
  ] as const) {
    await report({
      part: PART,
      what,
      target: "< 300 ms at p50",
      measured: `p50 ${ms(arm.p50)} for both, ${times(arm.p50 / arms.plain.p50)} of ${ms(arms.plain.p50)}; p99 ${ms(arm.p99)}`,
      noise,
      verdict: arm.p50 < 300 ? "held" : "missed",
      bound: "two round trips to the bot, the server's events, and the browser's frames",
    });
  }
  await visitor.close();
  await end(demo);
});
