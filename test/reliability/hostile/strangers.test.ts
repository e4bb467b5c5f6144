import { afterEach, expect, test } from "vitest";
import { PORT_LIMITS } from "../../../src/slack/transport/limits.js";
import { declared, openTestApp, type TestApp } from "../../support/slack-app.js";
import { holdOpen, leave, type Stranger } from "../../support/strangers.js";

let testApp: TestApp;
let strangers: Stranger[] = [];
afterEach(async () => {
  leave(strangers);
  strangers = [];
  await testApp.close();
});

test("with 3,000 connections of a stranger kept open, a declaration is answered and recorded", async () => {
  testApp = await openTestApp();
  strangers = await holdOpen(testApp.port, 3_000);
  expect(await declared(testApp)).toBe(1);
  const open = strangers.filter((stranger) => !stranger.isClosed()).length;
  expect(open).toBe(PORT_LIMITS.connectionsPerAddress - 1);
  // The oldest gave way, and the newest still stands.
  expect([strangers[0]?.isClosed(), strangers.at(-1)?.isClosed()]).toEqual([true, false]);
  const told = testApp.logs.filter(({ event }) => event === "http.connections_closed");
  expect(told).toHaveLength(1);
}, 60_000);
