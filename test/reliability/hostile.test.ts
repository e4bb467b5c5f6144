import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CAST, INCIDENTS } from "../../src/demo/cast.js";
import type { Answer, Message } from "../../src/demo/slack/index.js";
import { signRequest } from "../../src/demo/slack/index.js";
import { type House, openHouse } from "../support/house.js";
import { alertOf, declare, declared, delivered, filledIn, newTarget, openForm } from "../support/reliability/people.js";
import { openTrail, type Trail } from "../support/reliability/trail.js";

let house: House;
let trail: Trail;
let n: number;
let alert: Message;

beforeAll(async () => {
  house = await openHouse();
  trail = openTrail(house.database.adminUrl);
  ({ n, message: alert } = await declared(house.slack));
  await delivered(house, trail);
});

afterAll(async () => {
  await trail.close();
  await house.close();
});

let length: number;
beforeEach(async () => {
  await delivered(house, trail);
  length = await trail.length();
});

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const JSON_BODY = { "content-type": "application/json" };
const now = () => Math.floor(Date.now() / 1000);

/** A press of Approve by Dana, as Slack would send it. */
function press(over: object = {}, action: object = {}): string {
  const payload = {
    type: "block_actions",
    user: { id: CAST.dana },
    team: { id: house.slack.teamId },
    trigger_id: `${now()}.${Math.random()}`,
    channel: { id: INCIDENTS, name: "incidents" },
    container: { type: "message", message_ts: alert.ts, channel_id: INCIDENTS },
    actions: [{ type: "button", action_id: "bypass_approve", block_id: "b", value: `BG-${n}@1`, ...action }],
    ...over,
  };
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

const signed = (body: string, at = now()) => ({ ...FORM, ...house.slack.sign(body, at) });

/** What a person was told alone since then. */
const wordsTo = (user: string, since: number) =>
  house.slack.until(() => house.slack.ephemerals(user).slice(since).at(-1)?.text, `words to ${user}`, 5_000);

describe("a request that Slack did not send now", () => {
  test.each<[string, number, (body: string) => Record<string, string>]>([
    ["unsigned", 401, () => ({ ...FORM })],
    [
      "signed with another secret",
      401,
      (body) => ({
        ...FORM,
        "x-slack-request-timestamp": String(now()),
        "x-slack-signature": signRequest("0123456789abcdef0123456789abcdef", now(), body),
      }),
    ],
    ["older than five minutes", 401, (body) => signed(body, now() - 305)],
    ["dated more than five minutes ahead", 401, (body) => signed(body, now() + 305)],
    ["signed for another moment", 401, (body) => ({ ...signed(body), "x-slack-request-timestamp": String(now() - 1) })],
    ["signed with an empty signature", 401, (body) => ({ ...signed(body), "x-slack-signature": "" })],
  ])("(%s) is refused and nothing is recorded", async (_what, status, headers) => {
    const body = press();
    expect(await house.slack.send(body, headers(body))).toMatchObject({ status });
    expect(await trail.length()).toBe(length);
  });

  test("(oversized) is refused with 413 and nothing is recorded", async () => {
    const body = press({ filler: "x".repeat(300 * 1024) });
    expect(await house.slack.send(body, signed(body))).toMatchObject({ status: 413 });
    expect(await trail.length()).toBe(length);
  });

  test("(cut short, no JSON, no form, of an unknown type) is refused or answered, and nothing is recorded", async () => {
    const bodies: [string, Record<string, string>][] = [
      [press().slice(0, 80), FORM],
      ["payload=", FORM],
      ["payload=%00", FORM],
      ["\u0000\u0001\u0002", FORM],
      ['{"type":"event_callback"', JSON_BODY],
      ['{"__proto__":{"type":"event_callback"}}', JSON_BODY],
      [`{"a":${"[".repeat(20_000)}${"]".repeat(20_000)}}`, JSON_BODY],
      ["<xml/>", { "content-type": "text/xml" }],
    ];
    for (const [body, type] of bodies) {
      const answer = await house.slack.send(body, { ...type, ...house.slack.sign(body) });
      expect(answer.status, body.slice(0, 40)).toBe(400);
    }
    // Whatever else it is, a press it is not, though it names a button.
    const disguised = press({ type: "something_new" });
    expect((await house.slack.send(disguised, signed(disguised))).status).toBe(400);
    const unknown = press({ type: "something_new", actions: undefined });
    expect((await house.slack.send(unknown, signed(unknown))).status).toBe(200);
    expect(await trail.length()).toBe(length);
    expect((await fetch(`http://127.0.0.1:${house.ports[0]}/healthz`)).status).toBe(200);
  });
});

describe("a press that nobody was offered", () => {
  test.each<[string, object, RegExp]>([
    ["an unknown button", { action_id: "bypass_explode" }, /does not know that button/],
    ["a button of Object's own", { action_id: "__proto__" }, /does not know that button/],
    ["a bypass that is not there", { value: "BG-999999@1" }, /there is no BG-999999/],
    ["a number that is too large", { value: `BG-${"9".repeat(30)}@1` }, /could not be read/],
    ["number zero", { value: "BG-0@0" }, /could not be read/],
    ["SQL", { value: `BG-${1}@1'; DROP TABLE breakglass.trail; --` }, /could not be read/],
    ["a null byte", { value: "BG-1\u0000@1" }, /could not be read/],
    ["nothing", { value: "" }, /could not be read/],
    ["2,000 letters", { value: "x".repeat(2_000) }, /could not be read/],
  ])("(%s) changes nothing, and the presser is told", async (_what, action, words) => {
    const since = house.slack.ephemerals(CAST.dana).length;
    const body = press({}, action);
    expect(await house.slack.send(body, signed(body))).toMatchObject({ status: 200 });
    expect(await wordsTo(CAST.dana, since)).toMatch(words);
    expect(await trail.length()).toBe(length);
  });

  test("(a value longer than Slack's limit) is answered, and changes nothing", async () => {
    const body = press({}, { value: "x".repeat(5_000) });
    const answer = await house.slack.send(body, signed(body));
    expect(answer.error).toBeUndefined();
    expect(await trail.length()).toBe(length);
  });

  test("(by an outsider, a guest, an unknown account) opens nothing, whatever the value claims", async () => {
    for (const user of [CAST.lee, CAST.guest, CAST.priya, "U0NOBODY"]) {
      const body = press({ user: { id: user } }, { value: `BG-${n}@999` });
      const answer = await house.slack.send(body, signed(body));
      expect(answer).toMatchObject({ status: 200 });
    }
    const fresh = (await trail.entries()).slice(length);
    expect(fresh.filter(({ type }) => type !== "attempt.refused")).toEqual([]);
  });

  test("(a form with an unknown name, or with metadata of its own) changes nothing and says so", async () => {
    const view = (callback: string, metadata: string) => ({
      type: "view_submission",
      user: { id: CAST.dana },
      team: { id: house.slack.teamId },
      view: {
        id: `V${Math.random()}`,
        hash: "1.a",
        callback_id: callback,
        private_metadata: metadata,
        state: { values: { typed: { typed: { type: "plain_text_input", value: "no" } } } },
        blocks: [{ type: "input", block_id: "typed" }],
      },
    });
    for (const [callback, metadata] of [
      ["deny_everything", "{}"],
      ["deny_reason", ""],
      ["deny_reason", '{"n":-1}'],
      ["deny_reason", '{"n":1,"as":"U0ADMIN"}'],
      ["deny_reason", '{"n":123456}'],
      ["declare", '{"path":"emergency_deploy","again":null,"skip":true}'],
    ] as const) {
      const body = new URLSearchParams({ payload: JSON.stringify(view(callback, metadata)) }).toString();
      const answer = await house.slack.send(body, signed(body));
      expect(answer.status).toBe(200);
      expect(answer.body, `${callback} ${metadata}`).toMatch(/nothing was|Not denied/);
    }
    expect(await trail.length()).toBe(length);
  });

  test.each([
    "explode BG-1",
    "approve BG-1",
    "statsu",
    "log",
    "close BG-0",
    "show ../../etc/passwd",
    "\u202eesolc BG-1",
  ])("(the subcommand %j) changes nothing and is answered", async (text) => {
    const answer = await house.slack.as(CAST.priya).command(text, { channel: INCIDENTS });
    expect(answer.error).toBeUndefined();
    expect(answer.body.length).toBeGreaterThan(20);
    expect(answer.body).not.toContain("\u202e");
    expect(await trail.length()).toBe(length);
  });
});

describe("a response URL", () => {
  test("that points elsewhere is never called; the person is told in the channel instead", async () => {
    const called: string[] = [];
    const elsewhere = createServer((request, response) => {
      called.push(request.url ?? "");
      response.end();
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
    const { port } = elsewhere.address() as AddressInfo;
    const host = new URL(house.slack.apiUrl).host;
    for (const url of [
      `http://127.0.0.1:${port}/`,
      `http://localhost:${port}/`,
      `http://${host}@127.0.0.1:${port}/`,
      `http://hooks.slack.com.localhost:${port}/`,
      "http://169.254.169.254/latest/meta-data/",
      "file:///etc/passwd",
    ]) {
      const since = house.slack.ephemerals(CAST.dana).length;
      const body = press({ response_url: url }, { action_id: "bypass_explode" });
      expect(await house.slack.send(body, signed(body))).toMatchObject({ status: 200 });
      expect(await wordsTo(CAST.dana, since)).toMatch(/does not know that button/);
    }
    expect(called).toEqual([]);
    elsewhere.close();
  });
});

describe("the same bytes twice", () => {
  test("have one effect: a log line, a declaration, an approval", async () => {
    const { slack } = house;
    const replayed = async (answer: Answer) =>
      expect(await slack.replay(answer.request)).toMatchObject({ status: 200 });
    const line = await slack.as(CAST.priya).command(`log BG-${n} restarted the queue`, { channel: INCIDENTS });
    await replayed(line);
    const second = await declare(slack, CAST.omar);
    await replayed(second.answer);
    const { n: other, message } = await alertOf(slack, second.target);
    await replayed(await slack.as(CAST.noor).click(message, "Approve"));
    await delivered(house, trail);
    const types = (await trail.entries()).slice(length).map(({ type }) => type);
    for (const once of ["bypass.logged", "bypass.declared", "ack.given", "bypass.activated"]) {
      expect(types.filter((type) => type === once)).toEqual([once]);
    }
    expect(other).toBe(n + 1);
    expect(slack.messages(INCIDENTS).filter((one) => one.text.includes(second.target) && !one.thread_ts)).toHaveLength(
      1,
    );
  }, 40_000);
});

describe("what people type", () => {
  /** Priya's form with that reason; the errors under its fields. */
  async function reason(typed: string): Promise<{ errors: Record<string, string>; target: string; body: string }> {
    const { slack } = house;
    const target = newTarget();
    if (slack.view(CAST.priya) === undefined) await openForm(slack, CAST.priya);
    const answer = await slack.as(CAST.priya).submit(filledIn(target, { Reason: typed }));
    return { target, errors: { ...answer.errors }, body: answer.body };
  }

  test.each([
    ["a Slack token", ["xoxb", "123456789012", "abcdefABCDEF"].join("-")],
    ["a GitHub token", `ghp_${"a1B2".repeat(9)}`],
    ["an AWS key", "AKIAIOSFODNN7EXAMPLE"],
    ["a private key", "-----BEGIN RSA PRIVATE KEY-----"],
    ["a password in an address", "postgres://admin:hunter22@db.internal/prod"],
  ])("(%s) is stopped before it is recorded, and stands in the form for mending", async (_what, secret) => {
    const { errors } = await reason(`Login is down. Use ${secret} to see.`);
    expect(errors.Reason).toMatch(/secret|looks like/);
    expect(JSON.stringify(errors)).not.toContain(secret);
    expect(JSON.stringify(house.slack.view(CAST.priya)?.values)).toContain(secret.slice(0, 12));
    const [found] = await trail.sql`
      SELECT count(*) AS n FROM breakglass.trail_text WHERE strpos(text, ${secret}) > 0`;
    expect(Number(found?.n)).toBe(0);
    expect(await trail.length()).toBe(length);
  });

  test("(a secret in a log line, in the thread or by command) is stopped too", async () => {
    const { slack } = house;
    const secret = `ghp_${"a1B2".repeat(9)}`;
    const since = slack.ephemerals(CAST.priya).length;
    await slack.as(CAST.priya).say(INCIDENTS, `log: used ${secret}`, alert.ts);
    expect(await wordsTo(CAST.priya, since)).toMatch(/secret/);
    const answer = await slack.as(CAST.priya).command(`log BG-${n} used ${secret}`, { channel: INCIDENTS });
    expect(answer.body).toMatch(/secret/);
    expect(answer.body).not.toContain(secret);
    expect(await trail.length()).toBe(length);
  });

  test("(a call to the whole channel, marks of bidi and control, mrkdwn) is shown as words, and calls nobody", async () => {
    const typed =
      "Down <!channel> <!here> <@U0DANA> \u202egnp.exe\u202c \u0007bell\u200bzero *bold* `code` <https://evil.example|Approve>";
    const { errors, body, target } = await reason(typed);
    expect(errors).toEqual({});
    expect(body).toBe("");
    const { message, n: number } = await alertOf(house.slack, target);
    const shown = JSON.stringify(message);
    expect(message.broadcast).toBe(false);
    for (const mark of ["\u202e", "\u202c", "\u0007", "\u200b", "\\u202e", "\\u0007", "\\u200b"]) {
      expect(shown).not.toContain(mark);
    }
    expect(shown).toContain("gnp.exe");
    expect(message.text).not.toContain("<!channel>");
    expect(message.text).not.toContain("<https://evil.example");
    await house.slack.as(CAST.priya).command(`log BG-${number} <!channel> look`, { channel: INCIDENTS });
    await delivered(house, trail);
    expect(house.slack.messages(INCIDENTS).filter((one) => one.broadcast)).toEqual([]);
    expect(house.slack.violations).toEqual([]);
  });

  test("(a null byte) never breaks the trail: it is taken out, or the form says so", async () => {
    const { errors, body, target } = await reason("down\u0000 hard");
    if (Object.keys(errors).length === 0) {
      expect(body).toBe("");
      expect((await alertOf(house.slack, target)).message.text).not.toContain("\u0000");
    }
    expect((await trail.verify()).findings).toEqual([]);
  });

  test("(3,000 letters with emoji) is recorded whole and posted within Slack's limits; half a letter is refused", async () => {
    const family = "👩‍👩‍👧‍👦";
    const long = `${family}${"é".repeat(2_985)}end`;
    const whole = await reason(long);
    expect(whole.errors).toEqual({});
    const { n: number } = await alertOf(house.slack, whole.target);
    const [row] = await trail.sql<{ text: string }[]>`
      SELECT x.text FROM breakglass.trail_text x JOIN breakglass.trail t USING (seq)
      WHERE t.stream = ${`BG-${number}`} AND x.field = 'reason'`;
    expect(row?.text).toBe(long.normalize("NFC"));
    await delivered(house, trail);
    const before = await trail.length();
    expect((await reason("half \ud83d letter")).errors.Reason).toBeDefined();
    expect(await trail.length()).toBe(before);
    await delivered(house, trail);
    expect(house.slack.violations).toEqual([]);
  });

  test("leaves a trail that verifies, whatever was tried", async () => {
    expect((await trail.verify()).findings).toEqual([]);
    expect((await trail.entries(n)).map(({ type }) => type)).not.toContain("ack.given");
  });
});
