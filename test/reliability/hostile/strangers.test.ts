import { afterEach, expect, test } from "vitest";
import { PORT_LIMITS } from "../../../src/slack/transport/limits.js";
import { declared, openTestApp, type TestApp } from "../../support/slack-app.js";
import { holdOpen, leave, openStranger, type Stranger } from "../../support/strangers.js";
import { openTestApp as openWholeApp } from "../../support/test-app.js";

let testApp: Pick<TestApp, "close">;
let strangers: Stranger[] = [];
afterEach(async () => {
  leave(strangers);
  strangers = [];
  await testApp.close();
});

test("with 3,000 connections of a stranger kept open, a declaration is answered and recorded", async () => {
  const opened = await openTestApp();
  testApp = opened;
  strangers = await holdOpen(opened.port, 3_000);
  expect(await declared(opened)).toBe(1);
  const open = strangers.filter((stranger) => !stranger.isClosed()).length;
  expect(open).toBe(PORT_LIMITS.connectionsPerAddress - 1);
  // The oldest gave way, and the newest still stands.
  expect([strangers[0]?.isClosed(), strangers.at(-1)?.isClosed()]).toEqual([true, false]);
  const told = opened.logs.filter(({ event }) => event === "http.connections_closed");
  expect(told).toHaveLength(1);
}, 60_000);

test("a flood of scrapes gets one text, which counts the connections that were closed", async () => {
  const whole = await openWholeApp();
  testApp = whole;
  const port = whole.ports[0] ?? 0;
  const noHttp = await openStranger(port, "\x16\x03\x01\x02\x00");
  strangers = [noHttp];
  await noHttp.closed;
  const scrape = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const texts = await Promise.all(Array.from({ length: 50 }, scrape));
  expect(texts[0]).toContain('breakglass_connections_closed_total{why="malformed"} 1');
  // A slow machine may take longer than a reading is kept.
  expect(new Set(texts).size).toBeLessThan(10);
}, 60_000);
