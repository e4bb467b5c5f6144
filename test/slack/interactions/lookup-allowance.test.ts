import { afterEach, describe, expect, it, test } from "vitest";
import { DRAWINGS } from "../../../src/slack/delivery/drawn-in-turn.js";
import { QUESTIONS, READS } from "../../../src/slack/interactions/lookup-allowance.js";
import { FORMS_OF_ONE_PERSON } from "../../../src/slack/interactions/modal-client.js";
import { PORT_LIMITS } from "../../../src/slack/transport/limits.js";
import { declared, declaredWithoutForm, gate, openTestApp, postAlert, type TestApp } from "../../support/slack-app.js";

let testApp: TestApp;
afterEach(async () => {
  await testApp?.close();
});

describe("a person who asks in a loop", () => {
  it.each(["status", "reviews", "help", "show BG-1", "stats", "stats e2e-suite"])(
    "(%s) is told when to ask again, and nobody else is held up",
    async (text) => {
      let now = 0;
      const refused: string[] = [];
      testApp = await openTestApp({
        app: { steady: () => now, onQuestionRefused: (question, why) => refused.push(`${question} ${why}`) },
      });
      const question = text.split(" ", 1)[0] as keyof typeof QUESTIONS;
      const { inARow, everyMs } = QUESTIONS[question];
      const ask = async (user: string) => (await testApp.slack.as(user).command(text)).body;
      for (let n = 0; n < inARow; n += 1) expect(await ask("U0OTTO")).not.toMatch(/Ask again/);
      expect(await ask("U0OTTO")).toContain(`Ask again in ${everyMs / 1000} seconds`);
      expect(refused).toEqual([`${question} too_often`]);
      expect(await ask("U0LEA")).not.toMatch(/Ask again/);
      now += everyMs;
      expect(await ask("U0OTTO")).not.toMatch(/Ask again/);
      expect(await ask("U0OTTO")).toMatch(/Ask again/);
    },
  );

  it("(anything) can still declare, approve, deny, log, close and start a drill, as often as needed", async () => {
    testApp = await openTestApp({ app: { steady: () => 0 } });
    const ada = testApp.slack.as("U0ADA");
    for (let n = 0; n <= QUESTIONS.status.inARow; n += 1) await ada.command("status");
    expect((await ada.command("status")).body).toMatch(/Ask again/);
    await declared(testApp);
    for (let n = 0; n < 30; n += 1) expect((await ada.command("log BG-1 restarted")).body).toContain("Logged");
    for (let n = 0; n < 30; n += 1) expect((await ada.command("close BG-1")).body).not.toMatch(/Ask again/);
    const alert = await postAlert(testApp, 1);
    for (let n = 0; n < 30; n += 1) await testApp.slack.as("U0OTTO").click(alert, "Approve");
    await testApp.slack.as("U0LEA").click(alert, "Approve");
    await testApp.slack.as("U0LOU").click(alert, "Approve");
    await expect.poll(async () => (await testApp.record(1)).state.status).toBe("active");
  });

  it("(forms) leaves those to open that others need to deny and revoke", async () => {
    let now = 0;
    testApp = await openTestApp({ app: { steady: () => now } });
    const { slack } = testApp;
    const { inARow, everyMs } = FORMS_OF_ONE_PERSON;
    const opens = async (user: string) => {
      const { body } = await slack.as(user).command("");
      return body.includes("Not opened") ? body : "opened";
    };
    for (let n = 0; n < inARow; n += 1) expect(await opens("U0ADA")).toBe("opened");
    expect(await opens("U0ADA")).toContain(`Try it again in ${everyMs / 1000} seconds`);
    expect(await opens("U0LEA")).toBe("opened");
    now += everyMs;
    expect(await opens("U0ADA")).toBe("opened");
    expect(await opens("U0ADA")).toContain("Not opened, and nothing was done");
  });

  it("(the App Home) costs one writing and one drawing, and then one in three seconds", async () => {
    testApp = await openTestApp();
    let calls = 0;
    testApp.before = async (call) => {
      if (call === "homeOpened") calls += 1;
    };
    for (let n = 0; n < 30; n += 1) await testApp.slack.as("U0OTTO").openHome();
    expect(calls).toBeLessThan(15);
  });
});

test("of 100 people who ask for pictures at once all get the numbers, and a declaration goes before the next picture", async () => {
  let drawing = 0;
  let drawn = 0;
  let atOnce = 0;
  const firstPicture = gate();
  const begun = gate();
  const draw = async (): Promise<Uint8Array> => {
    drawing += 1;
    drawn += 1;
    atOnce = Math.max(atOnce, drawing);
    begun.open();
    await firstPicture.wait;
    drawing -= 1;
    return new Uint8Array([1]);
  };
  testApp = await openTestApp({ app: { charts: { gates: draw, history: draw } } });
  const { slack } = testApp;
  const people = Array.from({ length: 100 }, (_, n) => `U0ASKS${n}`);
  for (const id of people) slack.people.add({ id, name: id.toLowerCase() });
  const answers = await Promise.all(people.map((id) => slack.as(id).command("stats")));
  expect(answers.filter(({ body }) => body.includes("How the gates read"))).toHaveLength(100);
  await begun.wait;
  const turnedAway = () =>
    people.filter((id) => slack.ephemerals(id).some(({ text }) => /could not be sent/.test(text)));
  await slack.until(
    () => turnedAway().length >= 100 - DRAWINGS.atOnce - DRAWINGS.waiting,
    "those without a picture",
    20_000,
  );
  expect(drawn).toBe(1);

  const sent = () =>
    people.filter((id) => slack.messages(slack.dm(id)).some(({ files }) => files?.length === 1)).length;
  const commit = gate();
  const reached = gate();
  testApp.before = async (call) => {
    if (call !== "commit") return;
    reached.open();
    await commit.wait;
  };
  const declaring = declared(testApp);
  await reached.wait;
  firstPicture.open();
  await slack.until(() => sent() === 1, "the first picture", 20_000);
  expect(drawn).toBe(1);
  commit.open();
  expect(await declaring).toBe(1);
  await slack.until(() => sent() === DRAWINGS.atOnce + DRAWINGS.waiting, "the other pictures", 20_000);
  expect({ drawn, atOnce }).toEqual({ drawn: 11, atOnce: 1 });
}, 90_000);

test("questions take turns in the database, and beyond those that wait people are told to ask again", async () => {
  testApp = await openTestApp();
  const { slack } = testApp;
  const slow = gate();
  let reading = 0;
  testApp.before = async (call) => {
    if (call !== "open") return;
    reading += 1;
    await slow.wait;
  };
  const people = Array.from({ length: READS.atOnce + READS.waiting + 20 }, (_, n) => `U0ASKS${n}`);
  for (const id of people) slack.people.add({ id, name: id.toLowerCase() });
  const asked = people.map((id) => slack.as(id).command("status"));
  const early = await Promise.all(Array.from({ length: 20 }, () => Promise.race(asked)));
  expect(early[0]?.body).toMatch(/Ask again in a few seconds/);
  expect(reading).toBe(READS.atOnce);
  await declaredWithoutForm(testApp);
  slow.open();
  const answers = (await Promise.all(asked)).map(({ body }) => body);
  expect(answers.filter((body) => /Ask again/.test(body))).toHaveLength(20);
  expect(answers.filter((body) => /BG-1|Nothing is open/.test(body))).toHaveLength(READS.atOnce + READS.waiting);
}, 90_000);

test("events beyond those that are handled at once are delivered again by Slack, and commands are answered", async () => {
  const refused: string[] = [];
  testApp = await openTestApp({
    app: { limits: { ...PORT_LIMITS, eventsAtOnce: 3 }, onRequestRefused: (why) => refused.push(why) },
  });
  const slow = gate();
  const all = gate();
  let reached = 0;
  testApp.before = async (call) => {
    if (call !== "atMessage") return;
    reached += 1;
    if (reached === 3) all.open();
    await slow.wait;
  };
  const event = (n: number) => {
    const message = {
      type: "message",
      user: "U0ADA",
      channel: "C0INC",
      thread_ts: "1.1",
      ts: `2.${n}`,
      text: "log: on it",
    };
    const body = JSON.stringify({ type: "event_callback", event_id: `Ev${n}`, event: message });
    return testApp.slack.send(body, { "content-type": "application/json", ...testApp.slack.sign(body) });
  };
  const held = [1, 2, 3].map(event);
  await all.wait;
  expect((await event(4)).status).toBe(503);
  expect(refused).toEqual(["too_many_events"]);
  expect((await testApp.slack.as("U0ADA").command("help")).body).toContain("emergency exit");
  await declaredWithoutForm(testApp);
  slow.open();
  expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200, 200]);
  expect((await event(4)).status).toBe(200);
});
