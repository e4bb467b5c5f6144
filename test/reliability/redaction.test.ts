import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CAST, INCIDENTS } from "../../demo/cast.js";
import { declared, delivered } from "../support/reliability/people.js";
import { openTrail, type Trail } from "../support/reliability/trail.js";
import { openTestApp, type TestApp } from "../support/test-app.js";

let testApp: TestApp;
let trail: Trail;

beforeAll(async () => {
  testApp = await openTestApp();
  trail = openTrail(testApp.database.adminUrl);
});

afterAll(async () => {
  await trail.close();
  await testApp.close();
});

const WORDS = ["aardvark", "bandicoot", "capybara", "dromedary", "echidna", "flamingo", "gharial", "hoopoe"] as const;

/** Creates bypasses of every kind, with a unique word in each text. */
async function busyTrail(): Promise<void> {
  const { slack } = testApp;
  const [reason, target, line, threadLine, secondReason, denial, thirdReason, revocation] = WORDS;
  const fields = { Reason: `Because of the ${reason}.`, Target: `the ${target} cluster` };
  const first = await declared(slack, fields);
  await slack.as(CAST.dana).click(first.message, "Approve");
  await slack.as(CAST.priya).command(`log BG-1 moved the ${line}`, { channel: INCIDENTS });
  await slack.as(CAST.priya).say(INCIDENTS, `log: fed the ${threadLine}`, first.message.ts);
  await slack.as(CAST.priya).command("close BG-1", { channel: INCIDENTS });
  const second = await declared(slack, { Reason: `Because of the ${secondReason}.` }, CAST.omar);
  await slack.as(CAST.noor).click(second.message, "Deny");
  await slack.until(() => slack.view(CAST.noor)?.submit !== undefined, "the form of Deny");
  await slack.as(CAST.noor).submit({ Reason: `No ${denial} today.` });
  const third = await declared(slack, { Reason: `Because of the ${thirdReason}.` }, CAST.omar);
  await slack.as(CAST.noor).click(third.message, "Approve");
  const active = await slack.until(
    () =>
      slack
        .messages(INCIDENTS)
        .find((one) => one.ts === third.message.ts && JSON.stringify(one.blocks).includes("Revoke")),
    "the button Revoke",
  );
  await slack.as(CAST.dana).click(active, "Revoke");
  await slack.until(() => slack.view(CAST.dana)?.submit !== undefined, "the form of Revoke");
  await slack.as(CAST.dana).submit({ Reason: `The ${revocation} objects.` });
  await slack.settled(100);
  await delivered(testApp, trail);
}

/** All current messages in Slack, with their blocks. */
function posted(): string {
  const { slack } = testApp;
  const inboxes = [CAST.priya, CAST.omar, CAST.dana, CAST.noor].flatMap((user) => slack.inbox(user));
  return JSON.stringify([...slack.messages(INCIDENTS), ...inboxes].filter(({ bot_id }) => bot_id !== undefined));
}

/** The names that people use for the texts of an entry. A target is stored both as typed and in normalised form. */
const NAMES: Readonly<Record<string, string>> = {
  reason: "reason",
  line: "line",
  target_typed: "target",
  target_key: "target",
};

/** All texts that are not redacted, without the reasons of redactions, and without origins, which go with other texts. */
async function remainingTexts(): Promise<string[]> {
  const found = await trail.sql<{ seq: string; field: string }[]>`
    SELECT x.seq, x.field FROM breakglass.trail_text x JOIN breakglass.trail t USING (seq)
    WHERE t.stream <> 'system' AND t.body::jsonb ->> 'type' <> 'text.redacted' AND x.text IS NOT NULL
      AND x.field <> 'origin'
    ORDER BY x.seq, x.field`;
  return [...new Set(found.map(({ seq, field }) => `${seq} ${NAMES[field] ?? field}`))];
}

const rows = async () =>
  (await trail.sql`SELECT * FROM breakglass.bypasses ORDER BY n`).map((row) => ({ ...row, version: 0 }));

describe("Every text of a busy trail", () => {
  test("is in the database and in Slack before its redaction", async () => {
    await busyTrail();
    const shown = posted();
    expect(WORDS.filter((word) => !shown.includes(word))).toEqual(["dromedary"]);
    expect((await remainingTexts()).length).toBeGreaterThanOrEqual(10);
    expect((await trail.verify()).findings).toEqual([]);
  }, 60_000);

  test("cannot be redacted by someone without the right, who learns whom to ask", async () => {
    const [text] = await remainingTexts();
    const { slack } = testApp;
    const before = await remainingTexts();
    const answer = await slack.as(CAST.omar).command(`redact ${text} pasted`, { channel: INCIDENTS });
    expect(answer.body).toContain("Not redacted");
    expect(await remainingTexts()).toEqual(before);
  });

  test("can be redacted: the trail verifies, the projections are the same, and Slack no longer shows the text", async () => {
    const { slack } = testApp;
    const before = await rows();
    const bodies = (await trail.entries()).map(({ body }) => body);
    for (const text of await remainingTexts()) {
      const answer = await slack.as(CAST.dana).command(`redact ${text} it was pasted`, { channel: INCIDENTS });
      expect(answer.body, text).toContain("is gone for good");
    }
    await delivered(testApp, trail);
    expect(await remainingTexts()).toEqual([]);
    expect((await trail.entries()).map(({ body }) => body).slice(0, bodies.length)).toEqual(bodies);
    expect((await trail.verify()).findings).toEqual([]);
    expect(await rows()).toEqual(before);
    const shown = posted();
    expect(WORDS.filter((word) => shown.includes(word))).toEqual([]);
    const [stored] = await trail.sql`SELECT string_agg(x.text, ' ') AS texts FROM breakglass.trail_text x
      JOIN breakglass.trail t USING (seq) WHERE t.stream <> 'system'`;
    expect(WORDS.filter((word) => String(stored?.texts).includes(word))).toEqual([]);
    const origins = await trail.sql`SELECT DISTINCT t.body::jsonb ->> 'type' AS type FROM breakglass.trail_text x
      JOIN breakglass.trail t USING (seq) WHERE x.field = 'origin' AND x.text IS NOT NULL`;
    expect(origins.map(({ type }) => type)).toEqual(["text.redacted"]);
    expect(testApp.slack.violations).toEqual([]);
  }, 60_000);

  test("appears as redacted in /breakglass show, for those who could read it before", async () => {
    const { slack } = testApp;
    for (const n of [1, 2, 3]) {
      const before = slack.ephemerals(CAST.dana).length;
      await slack.as(CAST.dana).command(`show BG-${n}`, { channel: INCIDENTS });
      const shown = await slack.until(() => slack.ephemerals(CAST.dana)[before], `the record of BG-${n}`);
      const text = JSON.stringify(shown);
      expect(text).toMatch(/redacted/i);
      expect(WORDS.filter((word) => text.includes(word))).toEqual([]);
    }
  });
});
