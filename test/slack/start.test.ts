import { afterEach, describe, expect, it } from "vitest";
import { createSlackDouble } from "../../demo/slack/index.js";
import { charts } from "../../src/charts/charts.js";
import { createSlackApp } from "../../src/slack/app.js";
import { createWebClient } from "../../src/slack/delivery/web-client.js";
import { freePort } from "../support/ports.js";
import { FINE, openTestApp, type TestApp } from "../support/slack-app.js";

let testApp: TestApp;
afterEach(() => testApp.close());

const createApp = () =>
  createSlackApp({
    charts,
    breakglass: testApp.breakglass,
    web: createWebClient({ token: "xoxb-1", apiUrl: testApp.slack.apiUrl, timeoutMs: 2000 }),
    home: async () => null,
    mode: { kind: "http", signingSecret: "s" },
    log: { debug() {}, info() {}, warn() {}, error() {} },
    routes: [FINE],
    now: Date.now,
  });

describe("A start", () => {
  it("fails with a clear message when the port is taken, before it prepares anything", async () => {
    testApp = await openTestApp();
    const other = await createSlackDouble();
    const taken = Number(new URL(other.apiUrl).port);
    const prepared: string[] = [];
    const start = createApp().start({ port: taken, host: "127.0.0.1" }, async () => {
      prepared.push("the start is recorded");
    });
    await expect(start).rejects.toThrow(`Port ${taken} on 127.0.0.1 is taken`);
    expect(prepared).toEqual([]);
    await other.stop();
  });

  it("answers only once it is prepared, and closes the port when that fails", async () => {
    testApp = await openTestApp();
    const where = { port: await freePort(), host: "127.0.0.1" };
    const ask = (signal?: AbortSignal) => fetch(`http://127.0.0.1:${where.port}/healthz`, signal ? { signal } : {});
    const app = createApp();
    const waiting: Promise<Response>[] = [];
    await app.start(where, async () => {
      waiting.push(ask());
      await expect(ask(AbortSignal.timeout(200))).rejects.toThrow("timeout");
    });
    expect((await waiting[0])?.status).toBe(200);
    await app.stop(100);

    const failing = createApp().start(where, () => Promise.reject(new Error("cannot record")));
    await expect(failing).rejects.toThrow("cannot record");
    await expect(ask()).rejects.toThrow();
  });
});
