import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readOrigin } from "../../src/domain/events/origin.js";
import { unpackBody } from "../../src/slack/transport/kept-body.js";
import { type Journey, openJourney, verified } from "../support/journey/journey.js";
import { openThief } from "../support/journey/thief.js";
import { openTrail, type Trail } from "../support/reliability/trail.js";

let on: Journey;
let trail: Trail;

beforeAll(async () => {
  on = await openJourney();
  trail = openTrail(on.testApp.database.adminUrl);
  await on.priya.declares();
  await on.noor.approves("BG-1", "alert");
  await on.alertSays("BG-1", "BG-1 active");
  await on.priya.types("log BG-1 moved the traffic");
  await on.priya.declares();
  await on.noor.denies("BG-2", "Wait for the suite.");
  await on.alertSays("BG-2", "BG-2 denied");
  await on.allIsDelivered();
});
afterAll(async () => {
  await trail.close();
  await on.close();
});

const prove = () => verified(on.testApp.database.appUrl, { secret: on.slack.signingSecret });

async function originOf(seq: number): Promise<string> {
  const [row] = await trail.sql<{ text: string }[]>`
    SELECT text FROM breakglass.trail_text WHERE seq = ${seq} AND field = 'origin'`;
  if (row === undefined) throw new Error(`Entry ${seq} has no origin.`);
  return row.text;
}

const REVIEWED = {
  Verdict: "justified",
  "What Forced It": "real-emergency",
  "The Skipped Check": "passed-later",
  "What We Learned": "The certificate is checked every week from now on.",
};

describe("A redaction", () => {
  test("takes the origins that may hold the text with it, and stays provable itself", async () => {
    const of = async (type: string, n: number) => (await trail.entries(n)).find((one) => one.type === type)?.seq ?? 0;
    const declaredAt = await of("bypass.declared", 1);
    await on.dana.types(`redact ${declaredAt} reason a token was pasted`);
    await on.dana.types(`redact ${declaredAt} target so was another`);
    await on.allIsDelivered();
    const kept = await trail.sql<{ type: string }[]>`
      SELECT t.body::jsonb ->> 'type' AS type FROM breakglass.trail_text x JOIN breakglass.trail t USING (seq)
      WHERE x.field = 'origin' AND x.text IS NOT NULL AND t.stream = 'BG-1' ORDER BY t.seq`;
    expect(kept.map(({ type }) => type)).toEqual(["text.redacted", "text.redacted", "text.redacted"]);
    const { origins, findings } = await prove();
    expect(findings).toEqual([]);
    expect(origins).toMatchObject({ acts: 8, proven: 5, removed: 3, provenBefore: 3, removedAt: [] });
  });

  test("of an origin alone leaves the texts", async () => {
    const seq = (await trail.entries(2)).find(({ type }) => type === "bypass.declared")?.seq ?? 0;
    await on.dana.types(`redact ${seq} origin a file was attached`);
    await on.dana.isTold("is gone for good");
    const rows =
      await trail.sql`SELECT field, text IS NULL AS gone FROM breakglass.trail_text WHERE seq = ${seq} ORDER BY 1`;
    expect(rows.map((row) => ({ ...row }))).toEqual([
      { field: "origin", gone: true },
      { field: "reason", gone: false },
      { field: "target_key", gone: false },
      { field: "target_typed", gone: false },
    ]);
    expect((await prove()).findings).toEqual([]);
  });

  test("says which acts were proven, so that one that was made up is found without its origin, too", async () => {
    const thief = openThief(on.testApp.database.appUrl);
    try {
      await on.priya.declares();
      await on.alert("BG-3");
      await on.noor.approves("BG-3", "alert");
      await on.alertSays("BG-3", "BG-3 active");
      await on.allIsDelivered();
      const [declared] = await trail.entries(3);
      const genuine = await originOf(declared?.seq ?? 0);
      const madeUp = (n: number, shows: readonly number[] = []) =>
        thief.forge({
          ...{ n, event: { type: "bypass.logged", via: "command" }, user: on.noor.id, shows },
          texts: { line: "made up", origin: genuine },
        });
      const forged = [await madeUp(3), await madeUp(2, [3])];
      await on.dana.types(`redact ${declared?.seq} reason a token was pasted`);
      await on.allIsDelivered();
      const { findings, origins } = await prove();
      expect(origins).toMatchObject({ removed: 8, provenBefore: 6, removedAt: forged });
      expect(findings).toEqual(
        forged.map((seq) => ({
          ...{ seq, kind: "origin" },
          message: expect.stringMatching(
            /its origin went with the redaction in entry \d+, which does not list it as proven/,
          ),
        })),
      );
      const trusting = await verified(on.testApp.database.appUrl);
      expect(trusting.findings).toEqual([]);
    } finally {
      await thief.close();
    }
  });

  test("is missed where an origin is gone without it", async () => {
    const { seq } = (await trail.entries(2)).find(({ type }) => type === "bypass.denied") ?? { seq: 0 };
    await trail.sql`UPDATE breakglass.trail_text SET text = NULL, nonce = NULL WHERE seq = ${seq} AND field = 'origin'`;
    expect((await prove()).findings.filter((finding) => finding.seq === seq)).toMatchObject([{ kind: "lost_text" }]);
  });
});

test("a redaction leaves the text in no row, not even in what somebody pressed or sent for another bypass", async () => {
  const other = await openJourney();
  const otherTrail = openTrail(other.testApp.database.adminUrl);
  const unpacked = (text: string): string => {
    const origin = readOrigin(text);
    return origin?.via === "slack-request" ? String(unpackBody(origin.deflated)) : text;
  };
  /** The tables with a row that holds the word, in an origin also. */
  const tablesWith = async (word: string): Promise<string[]> => {
    const tables = await otherTrail.sql<{ name: string }[]>`
      SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'breakglass' ORDER BY 1`;
    const found: string[] = [];
    for (const { name } of tables) {
      const rows = await otherTrail.sql.unsafe(`SELECT FROM breakglass.${name} t WHERE strpos(t::text, '${word}') > 0`);
      if (rows.length > 0) found.push(name);
    }
    const origins = await otherTrail.sql<{ text: string }[]>`
      SELECT text FROM breakglass.trail_text WHERE field = 'origin' AND text IS NOT NULL`;
    return origins.some(({ text }) => unpacked(text).includes(word)) ? [...found, "an origin"] : found;
  };
  const originsOf = async (n: number): Promise<string> => {
    const rows = await otherTrail.sql<{ text: string }[]>`
      SELECT x.text FROM breakglass.trail_text x JOIN breakglass.trail t USING (seq)
      WHERE x.field = 'origin' AND x.text IS NOT NULL AND t.stream = ${`BG-${n}`}`;
    return rows.map(({ text }) => unpacked(text)).join();
  };
  try {
    const { priya, noor, dana, slack } = other;
    await priya.declares({ Reason: "Because of the quokka." });
    await noor.approves("BG-1");
    await other.alertSays("BG-1", "BG-1 active");
    await other.minutesPass(55);
    await priya.presses("Break Glass Again", "BG-1");
    await slack.until(() => slack.view(priya.id)?.submit === "Break Glass", "the form");
    await priya.submits({ Reason: "It is not done yet." });
    await other.alert("BG-2");
    await other.minutesPass(6);
    await dana.presses("Write Review", "BG-1", "alert");
    await slack.until(() => slack.view(dana.id)?.submit === "Submit Review", "the review form");
    const due = new Date(Date.parse(other.now()) + 7 * 86_400_000).toISOString().slice(0, 10);
    await dana.submits({ ...REVIEWED, Action: "Feed the numbat.", Owner: noor.id, Due: due });
    await noor.getsMessage("An action from REV-1");
    await slack.as(noor.id).openHome();
    const home = await slack.until(() => {
      const seen = slack.home(noor.id);
      const text = seen === undefined ? "" : slack.render(seen);
      return text.includes("numbat") && text.includes("BG-2") ? seen : null;
    }, "a Home with the action and BG-2");
    await slack.as(noor.id).click(home, "Approve");
    await other.alertSays("BG-2", "BG-2 active");
    await other.allIsDelivered();
    expect(await originsOf(2)).toMatch(/quokka[\s\S]*numbat/);

    const entries = await otherTrail.entries(1);
    const seqOf = (type: string) => entries.find((entry) => entry.type === type)?.seq;
    await dana.types(`redact ${seqOf("bypass.declared")} reason it names an animal`);
    await dana.types(`redact ${seqOf("action.opened")} line so does this`);
    await other.allIsDelivered();
    expect(await tablesWith("quokka")).toEqual([]);
    expect(await tablesWith("numbat")).toEqual([]);
    const { findings, origins } = await verified(other.testApp.database.appUrl);
    expect(findings).toEqual([]);
    expect(origins.removed).toBe(5);
  } finally {
    await otherTrail.close();
    await other.close();
  }
});
