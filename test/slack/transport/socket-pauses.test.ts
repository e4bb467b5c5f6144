import { afterEach, expect, it } from "vitest";
import { openTestApp, type TestApp } from "../../support/slack-app.js";

let testApp: TestApp;
afterEach(() => testApp.close());

const opens = () => testApp.slack.record.calls.filter(({ method }) => method === "apps.connections.open");
const gaps = () => opens().flatMap(({ at }, index, all) => (index === 0 ? [] : [at - (all[index - 1]?.at ?? at)]));

it("A peer that says hello and closes at once is met with growing pauses, one line, and a word for /readyz", async () => {
  testApp = await openTestApp({ socket: true });
  const { slack, app, logs } = testApp;
  await slack.until(() => slack.sockets.connections > 0, "the connection");
  await slack.as("U0ADA").command("status");
  slack.record.clear();
  logs.length = 0;
  slack.sockets.greetAndClose = true;
  slack.sockets.cut();
  await slack.until(() => opens().length >= 5, "five attempts");
  // Without jitter they double from an eighth of a second. A timer may be some milliseconds early by this clock.
  gaps().forEach((gap, index) => {
    expect(gap).toBeGreaterThanOrEqual(125 * 2 ** index - 20);
  });
  expect(app.socket()).toMatchObject({ trouble: "closes_at_once" });
  const lines = logs.filter(({ event }) => event.startsWith("slack.socket") || event === "slack.library");
  expect(lines.map(({ event }) => event)).toEqual(["slack.socket_unreachable"]);

  slack.sockets.greetAndClose = false;
  await slack.until(() => slack.sockets.connections > 0, "a connection that stays");
  await slack.as("U0ADA").command("status");
  expect(app.socket()).toEqual({ connected: true, trouble: null });
});

it("Retry-After of apps.connections.open is obeyed", async () => {
  testApp = await openTestApp({ socket: true });
  const { slack, app } = testApp;
  await slack.until(() => slack.sockets.connections > 0, "the connection");
  slack.record.clear();
  slack.faults.set("apps.connections.open", { kind: "rate_limit", retryAfter: 2 }, { next: 1 });
  slack.sockets.cut();
  await slack.until(() => opens().length >= 2, "the attempt after the rate limit");
  const rateLimited = opens().findIndex(({ error }) => error === "ratelimited");
  expect(gaps()[rateLimited]).toBeGreaterThanOrEqual(1_990);
  await slack.until(() => slack.sockets.connections > 0, "a connection");
  await slack.as("U0ADA").command("status");
  expect(app.socket()?.connected).toBe(true);
});

it("An app token that Slack refuses is named once in the log, with what to do", async () => {
  testApp = await openTestApp({ socket: true });
  const { slack, app, logs } = testApp;
  await slack.until(() => slack.sockets.connections > 0, "the connection");
  logs.length = 0;
  slack.faults.set("apps.connections.open", { kind: "error", code: "invalid_auth" }, "always");
  slack.sockets.cut();
  await slack.until(() => opens().filter(({ error }) => error === "invalid_auth").length >= 4, "four refusals");
  expect(app.socket()).toEqual({ connected: false, trouble: "invalid_auth" });
  const refused = logs.filter(({ event }) => event === "slack.socket_refused");
  expect(refused).toHaveLength(1);
  expect(refused[0]).toMatchObject({ level: "error", fields: { code: "invalid_auth" } });
  slack.faults.clear();
  await slack.until(() => slack.sockets.connections > 0, "a connection");
});
