import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CAST, INCIDENTS } from "../../../demo/cast.js";
import { type LoadHarness, openLoadHarness } from "./load-harness.js";

/** The hash of no entry. */
const HASH = "0123456789abcdef01234567";

let on: LoadHarness;
let length: number;
beforeAll(async () => {
  on = await openLoadHarness();
});
beforeEach(async () => {
  length = await on.length();
});
afterAll(() => on.close());

describe("A click or command that was never offered", () => {
  test.each<[string, object, RegExp]>([
    ["an unknown button", { action_id: "bypass_explode" }, /does not know that button/],
    ["a button of Object's own", { action_id: "__proto__" }, /does not know that button/],
    ["a bypass that is not there", { value: `BG-999999@1#${HASH}` }, /a BG-999999 that is not on record/],
    ["another bypass of that number", { value: `BG-1@1#${HASH}` }, /a BG-1 that is not on record/],
    ["only a number", { value: "BG-1@1" }, /could not be read/],
    ["a number that is too large", { value: `BG-${"9".repeat(30)}@1#${HASH}` }, /could not be read/],
    ["number zero", { value: `BG-0@0#${HASH}` }, /could not be read/],
    ["SQL", { value: `BG-${1}@1#${HASH}'; DROP TABLE breakglass.trail; --` }, /could not be read/],
    ["a null byte", { value: "BG-1\u0000@1" }, /could not be read/],
    ["nothing", { value: "" }, /could not be read/],
    ["2,000 letters", { value: "x".repeat(2_000) }, /could not be read/],
  ])("(%s) changes nothing, and the person gets an answer", async (_what, action, words) => {
    const since = on.testApp.slack.ephemerals(CAST.dana).length;
    const body = on.press({}, action);
    expect(await on.testApp.slack.send(body, on.signed(body))).toMatchObject({ status: 200 });
    expect(await on.wordsTo(CAST.dana, since)).toMatch(words);
    expect(await on.trail.length()).toBe(length);
  });

  test("(with a value longer than Slack's limit) is answered and changes nothing", async () => {
    const body = on.press({}, { value: "x".repeat(5_000) });
    const answer = await on.testApp.slack.send(body, on.signed(body));
    expect(answer.error).toBeUndefined();
    expect(await on.trail.length()).toBe(length);
  });

  test("(by an outsider, a guest, an unknown account) opens nothing, whatever the value claims", async () => {
    for (const user of [CAST.lee, CAST.guest, CAST.priya, "U0NOBODY"]) {
      const body = on.press({ user: { id: user } }, { value: `BG-${on.n}@999#${on.identity}` });
      const answer = await on.testApp.slack.send(body, on.signed(body));
      expect(answer).toMatchObject({ status: 200 });
    }
    const added = (await on.trail.entries()).slice(length);
    expect(added.filter(({ type }) => type !== "attempt.refused")).toEqual([]);
  });

  test("(in a form with an unknown callback id or forged metadata) changes nothing and says so", async () => {
    const view = (callback: string, metadata: string) => ({
      type: "view_submission",
      user: { id: CAST.dana },
      team: { id: on.testApp.slack.teamId },
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
      ["deny_reason", '{"n":1}'],
      ["deny_reason", `{"n":1,"at":1,"identity":"${HASH}"}`],
      ["deny_reason", `{"n":123456,"at":1,"identity":"${HASH}"}`],
      ["declare", '{"path":"emergency_deploy","again":null,"skip":true}'],
    ] as const) {
      const body = new URLSearchParams({ payload: JSON.stringify(view(callback, metadata)) }).toString();
      const answer = await on.testApp.slack.send(body, on.signed(body));
      expect(answer.status).toBe(200);
      expect(answer.body, `${callback} ${metadata}`).toMatch(/nothing was|Not denied/);
    }
    expect(await on.trail.length()).toBe(length);
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
    const answer = await on.testApp.slack.as(CAST.priya).command(text, { channel: INCIDENTS });
    expect(answer.error).toBeUndefined();
    expect(answer.body.length).toBeGreaterThan(20);
    expect(answer.body).not.toContain("\u202e");
    expect(await on.trail.length()).toBe(length);
  });
});

test("after all hostile clicks and commands the trail verifies and nothing is approved", async () => {
  expect((await on.trail.verify()).findings).toEqual([]);
  expect((await on.trail.entries(on.n)).map(({ type }) => type)).not.toContain("ack.given");
});
