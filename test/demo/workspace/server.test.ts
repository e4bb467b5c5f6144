import { connect } from "node:net";
import { WebClient } from "@slack/web-api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CAST, INCIDENTS, peopleTheWorkspace } from "../../../demo/cast.js";
import type { DemoEnvironment } from "../../../demo/environment.js";
import { createSlackDouble, type SlackDouble } from "../../../demo/slack/index.js";
import type { Snapshot } from "../../../demo/workspace/contract.js";
import { createScreens, type Screens } from "../../../demo/workspace/screens.js";
import { createSeen } from "../../../demo/workspace/seen.js";
import { serveWorkspace } from "../../../demo/workspace/server.js";
import { httpBot } from "../slack/bot.js";

let slack: SlackDouble;
let screens: Screens;
let offset: number;
let advance: (ms: number) => Promise<void>;
let served: Awaited<ReturnType<typeof serveWorkspace>>;

beforeEach(async () => {
  offset = 0;
  advance = async (ms) => {
    offset += ms;
  };
  const now = (): number => Date.now() + offset;
  slack = await createSlackDouble();
  peopleTheWorkspace(slack);
  // No bot runs in this workspace: these tests cover only the server.
  const environment: DemoEnvironment = {
    slack,
    apps: [],
    ports: [],
    advance: (ms) => advance(ms),
    sweep: async () => {},
    offsetMs: () => offset,
    nextEnd: async () => null,
    isAnyOpen: async () => false,
    close: async () => {},
  };
  screens = createScreens({ environment, seen: createSeen(slack, now), now });
  served = await serveWorkspace({ screens, port: 0 });
});
afterEach(async () => {
  screens.close();
  await served.close();
  await slack.stop();
});

const bot = () => new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });
const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(`${served.url}${path}`, { method: "POST", body, headers });

async function screenOf(user: string): Promise<Snapshot> {
  const reading = new AbortController();
  const response = await fetch(`${served.url}api/screen/${user}`, { signal: reading.signal });
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (text.includes("\n\n")) break;
  }
  reading.abort();
  return JSON.parse(text.slice("data: ".length, text.indexOf("\n\n")));
}

describe("the workspace server", () => {
  it("shows each person what Slack would show them, and nothing else", async () => {
    slack.channels.add({ id: "C0SECRET", name: "secret", private: true, members: [CAST.dana] });
    const web = bot();
    await web.chat.postMessage({ channel: INCIDENTS, text: "for all" });
    await web.chat.postMessage({ channel: "C0SECRET", text: "for some" });
    await web.chat.postMessage({ channel: slack.dm(CAST.dana), text: "for Dana" });
    await web.chat.postEphemeral({ channel: INCIDENTS, user: CAST.dana, text: "for Dana's eyes" });
    const [dana, lee] = [await screenOf(CAST.dana), await screenOf(CAST.lee)];
    const texts = ({ conversations }: Snapshot) =>
      conversations.flatMap(({ messages }) => messages.map(({ text }) => text));
    expect(texts(dana).sort()).toEqual(["for Dana", "for Dana's eyes", "for all", "for some"]);
    expect(texts(lee)).toEqual(["for all"]);
    expect(JSON.stringify(lee)).not.toMatch(/secret|for Dana/);
    expect(lee.people.find(({ id }) => id === CAST.dana)?.waiting).toBe(1);
  });

  it("shows what Slack refuses from the bot, with Slack's reasons", async () => {
    const blocks = [{ type: "header" as const, text: { type: "plain_text" as const, text: "x".repeat(151) } }];
    await bot()
      .chat.postMessage({ channel: INCIDENTS, text: "x", blocks })
      .catch(() => {});
    const { refused } = await screenOf(CAST.priya);
    expect(refused).toHaveLength(1);
    expect(refused[0]?.what).toBe("chat.postMessage");
    expect(refused[0]?.why).toMatch(/invalid_blocks.*must be less than 151 characters/);
  });

  it.each([
    ["another page", { origin: "https://evil.example" }],
    ["another port of this machine", { origin: "http://127.0.0.1:1" }],
    ["a page without an origin of its own", { origin: "null" }],
  ])("refuses requests from %s with 403", async (_origin, headers) => {
    const answer = await post(`api/act/${CAST.priya}`, '{"do":"write","channel":"C0INCIDENTS","text":"hi"}', headers);
    expect(answer.status).toBe(403);
    expect(slack.messages(INCIDENTS)).toEqual([]);
  });

  it.each([
    ["invalid JSON", "api/act/U0PRIYA", "{", 400],
    ["an unknown action", "api/act/U0PRIYA", '{"do":"fly"}', 400],
    ["an unknown clock move", "api/clock", '{"to":"yesterday"}', 400],
    ["a malformed user id", "api/act/nobody", '{"do":"submit"}', 400],
    ["an unknown user", "api/act/U0STRANGER", '{"do":"submit"}', 400],
    ["an oversized body", "api/act/U0PRIYA", `{"text":"${"x".repeat(300_000)}"}`, 413],
  ])("refuses %s with an explanation", async (_what, path, body, status) => {
    const answer = await post(path, body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({ ok: false, told: expect.stringMatching(/\w{3}/) });
  });

  it("explains what a person cannot do and changes nothing", async () => {
    const act = async (action: object) => (await post(`api/act/${CAST.lee}`, JSON.stringify(action))).json();
    expect(await act({ do: "submit", view: "V1" })).toEqual({ ok: false, told: "That view is closed." });
    expect(await act({ do: "press", channel: INCIDENTS, ts: "1.1", block: "b", action: "a" })).toMatchObject({
      ok: false,
    });
    expect(await act({ do: "dismiss", ts: "1.1" })).toMatchObject({ ok: false });
    expect(await act({ do: "write", channel: INCIDENTS, text: "/deploy" })).toEqual({
      ok: false,
      told: "/deploy is not a valid command.",
    });
    const answer = await post("api/clock", '{"to":"end"}');
    expect(await answer.json()).toEqual({ ok: false, told: "No gate is open, so no end is near." });
  });

  it("closes and submits the named view, never the one below it, even when asked twice", async () => {
    const app = await httpBot(slack, (bolt) => {
      bolt.command("/breakglass", ({ ack }) => ack());
      bolt.action("p", ({ ack }) => ack());
    });
    const plain = (text: string) => ({ type: "plain_text" as const, text });
    const view = (title: string) => ({
      type: "modal" as const,
      title: plain(title),
      blocks: [
        { type: "actions" as const, elements: [{ type: "button" as const, action_id: "p", text: plain("Press") }] },
      ],
    });
    const lee = slack.as(CAST.lee);
    const command = await lee.command("", { channel: INCIDENTS });
    await bot().views.open({ trigger_id: String(command.request.payload.trigger_id), view: view("Lower") });
    const lower = slack.view(CAST.lee);
    if (lower === undefined) throw new Error("No view is open.");
    const press = await lee.click(lower, "Press");
    await bot().views.push({ trigger_id: String(press.request.payload.trigger_id), view: view("Upper") });
    const upper = slack.view(CAST.lee)?.id;
    const twice = async (action: object) => {
      const answers = [1, 2].map(async () => (await post("api/act/U0LEE", JSON.stringify(action))).json());
      return Promise.all(answers);
    };
    expect(await twice({ do: "cancel", view: upper })).toEqual([{ ok: true }, { ok: true }]);
    expect(slack.view(CAST.lee)?.id).toBe(lower.id);
    const closed = { ok: false, told: "That view is closed." };
    expect(await twice({ do: "submit", view: upper })).toEqual([closed, closed]);
    expect(await twice({ do: "cancel", view: lower.id })).toEqual([{ ok: true }, { ok: true }]);
    expect(slack.view(CAST.lee)).toBeUndefined();
    await app.stop();
  });

  it("refuses a second move while the clock is moving", async () => {
    let release = (): void => {};
    const started = new Promise<void>((start) => {
      advance = () =>
        new Promise((resolve) => {
          release = resolve;
          start();
        });
    });
    const first = post("api/clock", '{"to":"minutes"}');
    await started;
    const second = await post("api/clock", '{"to":"end"}');
    expect(await second.json()).toEqual({ ok: false, told: "The clock is being moved already." });
    advance = async (ms) => {
      offset += ms;
    };
    release();
    expect(await (await first).json()).toEqual({ ok: true });
  });

  it("buffers no screens for a tab that does not read, and sends it the newest screen when it does", async () => {
    const stalledTab = connect(Number(new URL(served.url).port), "127.0.0.1");
    stalledTab.pause();
    stalledTab.write(`GET /api/screen/U0LEE HTTP/1.1\r\nHost: ${new URL(served.url).host}\r\n\r\n`);
    await expect.poll(() => stalledTab.bytesWritten).toBeGreaterThan(0);
    for (let count = 0; count < 100; count++) {
      await post("api/act/U0LEE", JSON.stringify({ do: "write", channel: INCIDENTS, text: "x".repeat(11_000) }));
      await screenOf(CAST.lee);
    }
    await post("api/act/U0LEE", JSON.stringify({ do: "write", channel: INCIDENTS, text: "the newest" }));
    let bytes = 0;
    let end = "";
    stalledTab.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      end = (end + chunk.toString()).slice(-5_000);
    });
    stalledTab.resume();
    await expect.poll(() => end, { timeout: 5_000 }).toContain("the newest");
    stalledTab.destroy();
    // A hundred screens that grow to 1 MB would add up to 50 MB.
    expect(bytes).toBeLessThan(15_000_000);
  });

  it("answers the next request after an oversized one", async () => {
    for (let time = 0; time < 3; time++) {
      expect((await post("api/act/U0PRIYA", "x".repeat(5_000_000))).status).toBe(413);
      expect((await post("api/act/U0PRIYA", "{}")).status).toBe(400);
    }
  });

  it("escapes typed text so that it is not read as markup", async () => {
    const typed = "<!channel> <@U0DANA> & <b>";
    await post(`api/act/${CAST.priya}`, JSON.stringify({ do: "write", channel: INCIDENTS, text: typed })).catch(
      () => {},
    );
    expect(slack.messages(INCIDENTS).map(({ text, broadcast }) => [text, broadcast])).toEqual([
      ["&lt;!channel&gt; &lt;@U0DANA&gt; &amp; &lt;b&gt;", false],
    ]);
  });

  it("serves only the page's files", async () => {
    for (const path of ["../package.json", "assets/../../main.js", "assets/%2e%2e/server.js", "etc/passwd"])
      expect((await fetch(`${served.url}${path}`)).status).toBe(404);
    // A path that is not a valid page address gets 404, not an internal error.
    expect((await fetch(`${served.url}/`)).status).toBe(404);
  });
});
