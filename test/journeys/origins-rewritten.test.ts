import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { INCIDENTS } from "../../demo/cast.js";
import { canonicalJson, type JsonValue } from "../../src/domain/events/canonical.js";
import { textHash } from "../../src/domain/events/hash.js";
import { Secret } from "../../src/lib/secret.js";
import { createDatabase, type Database } from "../../src/postgres/connection/database.js";
import { createRequestReader } from "../../src/slack/origin/requests.js";
import { rechain, type Tampering, verifyTampered } from "../postgres/tamper/tampered.js";
import { type Journey, openJourney } from "../support/journey/journey.js";
import { opening } from "../support/journey/office.js";
import type { JourneyPerson } from "../support/journey/person.js";

/*
 * A superuser rewrites the end of the trail and computes all hashes anew, so that nothing but the requests that Slack signed
 * tells what was recorded. Each rewriting is rolled back.
 */

let on: Journey;
let admin: postgres.Sql;
let db: Database;

beforeAll(async () => {
  on = await openJourney();
  admin = postgres(on.testApp.database.adminUrl, { max: 1, onnotice: () => {} });
  db = createDatabase({ url: on.testApp.database.appUrl, max: 1, applicationName: "rewritten-test" });
  await on.itIs(opening(on.now()));
  await on.closedBypass("BG-1");
  await on.closedBypass("BG-2");
  await on.closedBypass("BG-3");
  await writesReview("BG-1", { Action: "Fix the suite.", Owner: on.omar.id, Due: dayIn(3) });
  const { omar, noor, dana, priya } = on;
  await omar.getsMessage("An action from REV-1", "[Put Off]");
  await omar.presses("Put Off", "An action from REV-1");
  await submits(omar, "Put Off", { Until: dayIn(1), Reason: "The runners come first." });
  await on.threadSays("BG-1", "The runners come first.");
  await omar.presses("Done", "An action from REV-1");
  await omar.getsMessage("An action from REV-1", "done");
  await answersForGate("Put Off", "Put Off", { Until: dayIn(2), Reason: "Omar is on it." });
  await on.slack.until(() => inChannel("is put off by"), "the gate put off");
  await answersForGate("Gate Changed", "Record", { Reason: "The flaky test is gone." });
  await on.slack.until(() => inChannel("is recorded as changed"), "the gate changed");
  await on.itIs(opening(on.now()));
  await dana.presses("Put Off", "REV-2 of BG-2");
  await submits(dana, "Put Off", { Until: dayIn(1), Reason: "The team is away." });
  await on.threadSays("BG-2", "The team is away.");
  await priya.declares({ Target: "PR 7 of acme/x", Incident: "inc 219" });
  await noor.denies("BG-4", "Wait for the suite.");
  await on.alertSays("BG-4", "BG-4 denied");
  await on.allIsDelivered();
});
afterAll(async () => {
  await db.end();
  await admin.end();
  await on.close();
});

const dayIn = (days: number): string => opening(on.now(), days).slice(0, 10);
const inChannel = (words: string) =>
  on.slack
    .messages(INCIDENTS)
    .filter((one) => on.slack.render(one).includes(words))
    .at(-1);

async function submits(who: JourneyPerson, submit: string, filled: Record<string, string>): Promise<void> {
  await on.slack.until(() => on.slack.view(who.id)?.submit === submit, `the form of ${who.id} with [${submit}]`);
  await who.submits(filled);
}

async function writesReview(name: string, more: Record<string, string>): Promise<void> {
  await on.dana.presses("Write Review", name, "alert");
  await on.slack.until(() => on.slack.view(on.dana.id)?.submit === "Submit Review", "the review form");
  await on.dana.submits({
    Verdict: "gate-at-fault",
    "Gates at Fault": ["e2e-suite"],
    "What Forced It": "flaky",
    "The Skipped Check": "not-run-yet",
    "What We Learned": "The suite is flaky.",
    ...more,
  });
  await on.alertSays(name, "written");
}

async function answersForGate(button: string, submit: string, filled: Record<string, string>): Promise<void> {
  const message = await on.slack.until(() => inChannel(`[${button}]`), `[${button}] in the channel`);
  await on.slack.as(on.noor.id).click(message, button);
  await submits(on.noor, submit, filled);
}

type Body = Record<string, JsonValue>;
interface Rewriting {
  readonly body?: (body: Body) => Body;
  /** A text put in the place of the recorded one; `null` takes it out of the entry. */
  readonly text?: readonly [field: string, text: string | null];
}

/** What is said about the requests after the newest entry of that type was rewritten so. */
async function findingsOf(type: string, { body: change = (body) => body, text }: Rewriting): Promise<string[]> {
  const rewrite: Tampering = async (sql) => {
    const [row] = await sql<{ seq: string; body: string }[]>`
      SELECT seq, body FROM breakglass.trail WHERE body::jsonb ->> 'type' = ${type} ORDER BY seq DESC LIMIT 1`;
    if (row === undefined) throw new Error(`There is no ${type}.`);
    const body = change(JSON.parse(row.body));
    if (text !== undefined) {
      const [field, typed] = text;
      const where = sql`seq = ${row.seq} AND field = ${field}`;
      if (typed === null) {
        delete body[field];
        await sql`DELETE FROM breakglass.trail_text WHERE ${where}`;
      } else {
        const [kept] = await sql<{ nonce: string }[]>`
          UPDATE breakglass.trail_text SET text = ${typed} WHERE ${where} RETURNING encode(nonce, 'hex') AS nonce`;
        if (kept === undefined) throw new Error(`${type} has no ${field}.`);
        body[field] = { sha256: textHash(kept.nonce, typed) };
      }
    }
    await sql`UPDATE breakglass.trail SET body = ${canonicalJson(body)} WHERE seq = ${row.seq}`;
    await rechain(sql, Number(row.seq));
  };
  return originFindings(rewrite);
}

async function originFindings(tamper: Tampering): Promise<string[]> {
  const read = createRequestReader([new Secret(on.slack.signingSecret)]);
  const { findings } = await verifyTampered(admin, db, tamper, [], { read, allowSocketMode: false });
  return (
    findings
      // Slack signs by the real time, which the clocks of the journey have left.
      .filter(({ kind, message }) => kind === "origin" && !message.endsWith("is of another time."))
      .map(({ message }) => message.replace(/^Entry \d+: /, ""))
  );
}

const later = (field: string, days: number): Rewriting => ({
  body: (body) => ({
    ...body,
    [field]: new Date(Date.parse(String(body[field])) + days * 86_400_000).toISOString(),
  }),
});
const set = (fields: Body): Rewriting => ({ body: (body) => ({ ...body, ...fields }) });

describe("Signed requests", () => {
  test("fit what was recorded as long as nobody rewrites it", async () => {
    expect(await originFindings(async () => {})).toEqual([]);
  });

  test.each<[string, string, Rewriting, string]>([
    ["a review's verdict", "review.submitted", set({ verdict: "avoidable" }), "asks for another verdict"],
    ["the gates at fault", "review.submitted", set({ gatesAtFault: [] }), "asks for another gatesAtFault"],
    ["what forced a bypass", "review.submitted", set({ forcedBy: "real-emergency" }), "asks for another forcedBy"],
    ["the skipped check", "review.submitted", set({ aftermath: "passed-later" }), "asks for another aftermath"],
    ["a review's edition", "review.submitted", set({ edition: 2 }), "asks for another edition"],
    ["a lesson", "review.submitted", { text: ["lesson", "All was well."] }, "holds another lesson"],
    ["the loss of a lesson", "review.submitted", { text: ["lesson", null] }, "holds a lesson, which was not recorded"],
    ["an action's owner", "action.opened", set({ owner: "U0NOOR" }), "asks for another owner"],
    ["an action's text", "action.opened", { text: ["line", "Nothing to do."] }, "holds another line"],
    ["an action's due date", "action.opened", later("dueAt", 60), "asks for another dueAt"],
    ["an action's due time", "action.opened", later("dueAt", 1 / 24), "asks for another dueAt"],
    ["the number of an ended action", "action.ended", set({ action: 2 }), "is about something else"],
    ["what came of an action", "action.ended", set({ outcome: "dropped" }), "asks for another outcome"],
    ["until when an action is put off", "action.put_off", later("until", 7), "asks for another until"],
    ["which action is put off", "action.put_off", set({ action: 2 }), "asks for another action"],
    ["until when a review is put off", "review.put_off", later("until", 7), "asks for another until"],
    ["until when a gate is put off", "gate.put_off", later("until", 7), "asks for another until"],
    ["what was done about a gate", "gate.fixed", set({ how: "retired" }), "asks for another how"],
    ["the gate that was fixed", "gate.fixed", set({ gate: "two-approvals" }), "is about something else"],
    ["an incident", "bypass.declared", set({ incident: "INC-666" }), "asks for another incident"],
    ["the loss of an incident", "bypass.declared", set({ incident: null }), "asks for another incident"],
    ["a duration", "bypass.declared", set({ durationSeconds: 900 }), "asks for another durationSeconds"],
    ["a bypass that it follows", "bypass.declared", set({ again: 1 }), "asks for another again"],
    ["gates", "bypass.declared", set({ gates: ["two-approvals"] }), "asks for another gates"],
    ["a path", "bypass.declared", set({ path: "elsewhere" }), "asks for another path"],
    ["a kind of target", "bypass.declared", set({ target: { kind: "text" } }), "names another kind of target"],
    ["a target", "bypass.declared", { text: ["target_key", "github:acme/x#999"] }, "names another target"],
    ["the loss of a target", "bypass.declared", { text: ["target_key", null] }, "names another target"],
    ["the reason of a denial", "bypass.denied", { text: ["reason", "Never."] }, "holds another reason"],
    ["the loss of that reason", "bypass.denied", { text: ["reason", null] }, "holds a reason, which was not recorded"],
  ])("show that somebody rewrote %s", async (_, type, rewriting, finding) => {
    expect(await findingsOf(type, rewriting)).toContainEqual(expect.stringMatching(new RegExp(`${finding}\\.$`)));
  });

  test.each<[string, Rewriting]>([
    ["a key in an older spelling", { text: ["target_key", "GitHub:Acme/x#7"] }],
    ["another spelling of the incident", set({ incident: "INC219" })],
  ])("do not object to %s", async (_, rewriting) => {
    // The rewritten declaration gets another hash, so the denial no longer names it.
    expect(await findingsOf("bypass.declared", rewriting)).toEqual(["its request is about something else."]);
  });

  const REVIEW = `WHERE body::jsonb ->> 'type' = 'action.opened'`;

  test("show that an action was taken out of its review, and the entries after it moved up", async () => {
    const found = await originFindings(async (sql) => {
      const [row] = await sql`SELECT seq FROM breakglass.trail ${sql.unsafe(REVIEW)}`;
      await sql`DELETE FROM breakglass.trail_text WHERE seq = ${row?.seq}`;
      await sql`DELETE FROM breakglass.trail WHERE seq = ${row?.seq}`;
    });
    expect(found).toContain("its request asks for one more action.opened.");
  });

  test("show that an action was put beside those of its review", async () => {
    const found = await originFindings(async (sql) => {
      const [row] = await sql<
        { seq: string; body: string }[]
      >`SELECT seq, body FROM breakglass.trail ${sql.unsafe(REVIEW)}`;
      const { seq = "0", body = "{}" } = row ?? {};
      // In the place of the entry after it: there is no need to move the others for this.
      const next = Number(seq) + 1;
      await sql`DELETE FROM breakglass.trail_text WHERE seq = ${next}`;
      await sql`UPDATE breakglass.trail SET body = ${canonicalJson({ ...JSON.parse(body), action: 2 })}, stream = 'BG-1'
        WHERE seq = ${next}`;
    });
    expect(found).toContainEqual(expect.stringMatching(/the act that it follows asks for nothing of that kind\.$/));
  });
});
