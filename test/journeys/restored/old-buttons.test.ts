import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CAST, INCIDENTS } from "../../../demo/cast.js";
import type { Message } from "../../../demo/slack/index.js";
import { BUTTONS, VIEWS } from "../../../src/slack/actions.js";
import {
  openRestorableWorkspace,
  type RestorableWorkspace,
  type RunningBot,
  valuesOf,
} from "../../support/restored/workspace.js";

const NOT_ON_RECORD = /not on record (?:any more|here)/;
const PEOPLE = [CAST.priya, CAST.omar, CAST.dana, CAST.noor];
/** A day in ten days. */
const SOON = new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10);
const REVIEW = {
  Verdict: "avoidable",
  "What Forced It": "slow",
  "The Skipped Check": "passed-later",
  "What We Learned": "The suite takes forty minutes.",
};

let on: RestorableWorkspace;
let bot: RunningBot;
/** Messages of what the backup does not hold. */
let lost: { request: Message; active: Message; action: Message; gate: Message };
/** The values that their buttons carry. */
let values: { bypass: string; action: string; gate: string };
let length: number;

/** Writes the review of BG-1 with one action for Omar, and returns the message about the action. */
async function reviewed(what: string, button = "Write Review"): Promise<Message> {
  const dana = on.person(CAST.dana);
  await dana.presses(button, "BG-1", "alert");
  await on.slack.until(() => on.slack.view(CAST.dana)?.submit === "Submit Review", "the review");
  const answer = await dana.submits({ ...REVIEW, Action: what, Owner: CAST.omar, Due: SOON });
  expect(answer.errors).toBeUndefined();
  return on.slack.until(
    () => on.slack.inbox(CAST.omar).findLast((one) => one.text.includes(what)),
    `the action "${what}"`,
  );
}

async function declared(name: string, by: string = CAST.priya): Promise<Message> {
  const before = on.slack.messages(INCIDENTS).length;
  await on.person(by).declares();
  return on.slack.until(
    () =>
      on.slack
        .messages(INCIDENTS)
        .slice(before)
        .find(({ text }) => text.startsWith(`${name} requested`)),
    `a new alert of ${name}`,
  );
}

async function approved(name: string, alert: Message): Promise<Message> {
  await on.person(CAST.noor).approves(name, alert);
  return on.slack.until(
    () => on.slack.messages(INCIDENTS).find(({ ts, text }) => ts === alert.ts && text.startsWith(`${name} active`)),
    `${name} to be active`,
  );
}

const sickGate = (after: number) =>
  on.slack.until(
    () =>
      on.slack
        .messages(INCIDENTS)
        .slice(after)
        .find(({ text }) => text.includes("is sick")),
    "a sick gate",
  );

/** BG-1 is over when the backup is taken; its review, BG-2, BG-3 and the sick gate come after it, and come again. */
beforeAll(async () => {
  on = await openRestorableWorkspace();
  bot = await on.start(on.original);
  await approved("BG-1", await declared("BG-1"));
  await on.person(CAST.priya).presses("Close", "BG-1", "alert");
  await bot.delivered();
  await bot.stop();
  const backup = await on.backUp();

  bot = await on.start(on.original);
  const action = await reviewed("Rotate the payments key.");
  const active = await approved("BG-2", await declared("BG-2"));
  const gate = await sickGate(0);
  const request = await declared("BG-3");
  await bot.delivered();
  await bot.stop();
  lost = { action, active, gate, request };
  const value = (message: Message, id: string) => valuesOf(message).get(id) ?? "";
  values = {
    bypass: value(request, BUTTONS.approve.id),
    action: value(action, BUTTONS.actionDone.id),
    gate: value(gate, BUTTONS.gateChanged.id),
  };

  const after = on.slack.messages(INCIDENTS).length;
  bot = await on.start(backup);
  // The alert still shows the lost review.
  await reviewed("Write down who is asked.", "Amend Review");
  await approved("BG-2", await declared("BG-2", CAST.omar));
  await sickGate(after);
  await declared("BG-3", CAST.omar);
  await bot.delivered();
  length = await bot.trail.length();
});
afterAll(() => on.close());

const send = (payload: object) => {
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  return on.slack.send(body, { "content-type": "application/x-www-form-urlencoded", ...on.slack.sign(body) });
};

let presses = 0;
/** Presses a button with that value, and returns what the person is told. */
async function told(user: string, actionId: string, value: string): Promise<string> {
  presses += 1;
  const before = on.slack.ephemerals(user).length;
  await send({
    type: "block_actions",
    user: { id: user },
    team: { id: on.slack.teamId },
    trigger_id: `${Date.now()}.${presses}`,
    channel: { id: INCIDENTS, name: "incidents" },
    container: { type: "message", message_ts: lost.request.ts, channel_id: INCIDENTS },
    actions: [{ type: "button", action_id: actionId, block_id: "b", value }],
  });
  return on.slack.until(() => on.slack.ephemerals(user)[before]?.text, `words to ${user}`);
}

async function nothingHasChanged(): Promise<void> {
  await bot.delivered();
  expect(await bot.trail.length()).toBe(length);
  for (const user of PEOPLE) expect(on.slack.view(user), user).toBeUndefined();
}

describe("After a backup was restored and its numbers were given again", () => {
  it("Approve on the old alert is refused in words and does not approve the new bypass", async () => {
    const noor = on.person(CAST.noor);
    await noor.presses("Approve", "BG-3", lost.request);
    await noor.isTold("Not approved", "BG-3", "A backup was restored", "/breakglass status");
    await nothingHasChanged();
  });

  const rows = Object.entries(BUTTONS).flatMap(([name, { id, carries }]) =>
    carries === "nothing" ? [] : [{ name, id, carries }],
  );
  it.each(rows)(
    "$name with the value of a lost $carries changes nothing, whoever presses it",
    async ({ id, carries }) => {
      for (const user of PEOPLE) expect(await told(user, id, values[carries])).toMatch(NOT_ON_RECORD);
      await nothingHasChanged();
    },
  );

  const bypass = () => {
    const [, n, identity] = /^BG-(\d+)@\d+#([0-9a-f]+)$/.exec(values.bypass) ?? [];
    return { n: Number(n), at: 1, identity };
  };
  const action = () => {
    const [, n, at, identity] = /^BG-(\d+)@(\d+)#([0-9a-f]+)$/.exec(values.action) ?? [];
    return { n: Number(n), at: Number(at), identity };
  };
  const small = (subject: string): string => JSON.stringify({ subject, askedAbout: [] });
  const METADATA: Readonly<Record<keyof typeof VIEWS, () => string>> = {
    declare: () => JSON.stringify({ path: "emergency_deploy", again: bypass(), drill: false }),
    review: () => JSON.stringify({ about: bypass(), edition: 0, rows: 1, askedAbout: [] }),
    deny: () => small(JSON.stringify(bypass())),
    revoke: () => small(JSON.stringify(bypass())),
    proceedAlone: () => small(JSON.stringify(bypass())),
    addView: () => small(JSON.stringify({ about: bypass(), which: 0 })),
    putOffReview: () => small(JSON.stringify({ about: bypass(), which: 0 })),
    dropAction: () => small(JSON.stringify({ about: action(), which: 1 })),
    putOffAction: () => small(JSON.stringify({ about: action(), which: 1 })),
    gateChanged: () => small(values.gate),
    gateRetired: () => small(values.gate),
    putOffGate: () => small(values.gate),
  };
  it.each(Object.entries(VIEWS))(
    "the form %s of what is lost changes nothing, whoever submits it",
    async (name, callbackId) => {
      for (const user of PEOPLE) {
        const answer = await send({
          type: "view_submission",
          user: { id: user },
          team: { id: on.slack.teamId },
          view: {
            id: `V${user}${name}`,
            hash: "1.a",
            callback_id: callbackId,
            private_metadata: METADATA[name as keyof typeof VIEWS](),
            state: {
              values: {
                typed: { typed: { type: "plain_text_input", value: "BREAK GLASS" } },
                day: { day: { type: "datepicker", selected_date: SOON } },
              },
            },
            blocks: [{ type: "input", block_id: "typed" }],
          },
        });
        expect(answer.status).toBe(200);
        expect(answer.body).toMatch(NOT_ON_RECORD);
      }
      await nothingHasChanged();
    },
  );

  it("a log line in the thread of a lost alert is refused in words, and one in another thread is left alone", async () => {
    const before = on.slack.ephemerals(CAST.priya).length;
    await on.slack.as(CAST.priya).say(INCIDENTS, "log: deployed 9f1c2ab", lost.request.ts);
    const words = await on.slack.until(() => on.slack.ephemerals(CAST.priya)[before]?.text, "words to Priya");
    expect(words).toMatch(/^Not logged: no bypass on record has its alert here/);
    const { message } = await on.slack.as(CAST.dana).say(INCIDENTS, "Is anybody looking at this?");
    await on.slack.as(CAST.priya).say(INCIDENTS, "log: yes", message.ts);
    await nothingHasChanged();
    expect(on.slack.ephemerals(CAST.priya)).toHaveLength(before + 1);
  });

  it("buttons of what the backup holds, and of what was declared since, do what they say", async () => {
    const noor = on.person(CAST.noor);
    await noor.presses("Revoke", "BG-2", "alert");
    await on.slack.until(() => on.slack.view(CAST.noor)?.title === "Revoke BG-2", "the form");
    await on.slack.as(CAST.noor).submit({ Reason: "It went to the wrong cluster." });
    await noor.approves("BG-3", "alert");
    await on.slack.until(
      () => on.slack.messages(INCIDENTS).at(-1)?.text.includes("BG-3 is active"),
      "BG-3 to be active",
    );
    await bot.delivered();
    expect((await bot.trail.verify()).findings).toEqual([]);
    expect(on.slack.violations).toEqual([]);
  });

  it("a number that a person types means the bypass that bears it now", async () => {
    expect(await on.person(CAST.omar).types("close BG-3")).toContain("Closed by @Omar");
  });
});
