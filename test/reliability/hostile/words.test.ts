import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CAST, INCIDENTS } from "../../../demo/cast.js";
import { alertOf, delivered, filledIn, newTarget, openForm } from "../../support/reliability/people.js";
import { ACCESS_KEY, TOKEN } from "../../support/secrets.js";
import { type LoadHarness, openLoadHarness } from "./load-harness.js";

let on: LoadHarness;
let length: number;
beforeAll(async () => {
  on = await openLoadHarness();
});
beforeEach(async () => {
  length = await on.length();
});
afterAll(() => on.close());

describe("Text that people type", () => {
  /** Submits Priya's form with this reason and returns the errors under its fields. */
  async function reason(typed: string): Promise<{ errors: Record<string, string>; target: string; body: string }> {
    const { slack } = on.testApp;
    const target = newTarget();
    if (slack.view(CAST.priya) === undefined) await openForm(slack, CAST.priya);
    const answer = await slack.as(CAST.priya).submit(filledIn(target, { Reason: typed }));
    return { target, errors: { ...answer.errors }, body: answer.body };
  }

  test.each([
    ["a Slack token", ["xoxb", "123456789012", "abcdefABCDEF"].join("-")],
    ["a GitHub token", TOKEN],
    ["an AWS key", ACCESS_KEY],
    ["a private key", "-----BEGIN RSA PRIVATE KEY-----"],
    ["a password in an address", "postgres://admin:hunter22@db.internal/prod"],
  ])("(%s) is refused before it is recorded, and stays in the form to be corrected", async (_what, secret) => {
    const { errors } = await reason(`Login is down. Use ${secret} to see.`);
    expect(errors.Reason).toMatch(/secret|looks like/);
    expect(JSON.stringify(errors)).not.toContain(secret);
    expect(JSON.stringify(on.testApp.slack.view(CAST.priya)?.values)).toContain(secret.slice(0, 12));
    const [found] = await on.trail.sql`
      SELECT count(*) AS n FROM breakglass.trail_text WHERE strpos(text, ${secret}) > 0`;
    expect(Number(found?.n)).toBe(0);
    expect(await on.trail.length()).toBe(length);
  });

  test("(a secret in a log line, in the thread or by command) is refused too", async () => {
    const { slack } = on.testApp;
    const secret = TOKEN;
    const since = slack.ephemerals(CAST.priya).length;
    await slack.as(CAST.priya).say(INCIDENTS, `log: used ${secret}`, on.alert.ts);
    expect(await on.wordsTo(CAST.priya, since)).toMatch(/secret/);
    const answer = await slack.as(CAST.priya).command(`log BG-${on.n} used ${secret}`, { channel: INCIDENTS });
    expect(answer.body).toMatch(/secret/);
    expect(answer.body).not.toContain(secret);
    expect(await on.trail.length()).toBe(length);
  });

  test("(a channel mention, bidi and control characters, mrkdwn) is shown as plain text and notifies nobody", async () => {
    const typed =
      "Down <!channel> <!here> <@U0DANA> \u202egnp.exe\u202c \u0007bell\u200bzero *bold* `code` <https://evil.example|Approve>";
    const { errors, body, target } = await reason(typed);
    expect(errors).toEqual({});
    expect(body).toBe("");
    const { message, n: number } = await alertOf(on.testApp.slack, target);
    const shown = JSON.stringify(message);
    expect(message.broadcast).toBe(false);
    for (const mark of ["\u202e", "\u202c", "\u0007", "\u200b", "\\u202e", "\\u0007", "\\u200b"]) {
      expect(shown).not.toContain(mark);
    }
    expect(shown).toContain("gnp.exe");
    expect(message.text).not.toContain("<!channel>");
    expect(message.text).not.toContain("<https://evil.example");
    await on.testApp.slack.as(CAST.priya).command(`log BG-${number} <!channel> look`, { channel: INCIDENTS });
    await delivered(on.testApp, on.trail);
    expect(on.testApp.slack.messages(INCIDENTS).filter((one) => one.broadcast)).toEqual([]);
    expect(on.testApp.slack.violations).toEqual([]);
  });

  test("(a null byte) never breaks the trail: it is removed, or the form refuses it", async () => {
    const { errors, body, target } = await reason("down\u0000 hard");
    if (Object.keys(errors).length === 0) {
      expect(body).toBe("");
      expect((await alertOf(on.testApp.slack, target)).message.text).not.toContain("\u0000");
    }
    expect((await on.trail.verify()).findings).toEqual([]);
  });

  test("(3,000 characters with emoji) is recorded whole and posted within Slack's limits; a lone surrogate is refused", async () => {
    const family = "👩‍👩‍👧‍👦";
    const long = `${family}${"é".repeat(2_985)}end`;
    const whole = await reason(long);
    expect(whole.errors).toEqual({});
    const { n: number } = await alertOf(on.testApp.slack, whole.target);
    const [row] = await on.trail.sql<{ text: string }[]>`
      SELECT x.text FROM breakglass.trail_text x JOIN breakglass.trail t USING (seq)
      WHERE t.stream = ${`BG-${number}`} AND x.field = 'reason'`;
    expect(row?.text).toBe(long.normalize("NFC"));
    await delivered(on.testApp, on.trail);
    const before = await on.trail.length();
    expect((await reason("half \ud83d letter")).errors.Reason).toBeDefined();
    expect(await on.trail.length()).toBe(before);
    await delivered(on.testApp, on.trail);
    expect(on.testApp.slack.violations).toEqual([]);
  });

  test("leaves a trail that verifies, whatever it contains", async () => {
    expect((await on.trail.verify()).findings).toEqual([]);
    expect((await on.trail.entries(on.n)).map(({ type }) => type)).not.toContain("ack.given");
  });
});
