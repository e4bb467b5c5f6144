import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { OpenView } from "../../demo/slack/index.js";
import { readOrigin } from "../../src/domain/events/origin.js";
import { unpackBody } from "../../src/slack/transport/kept-body.js";
import { type Journey, openJourney, verified } from "../support/journey/journey.js";
import type { JourneyPerson } from "../support/journey/person.js";
import { FOUR_PATHS, type PolicyOnDisk, policyOnDisk } from "../support/journey/policies.js";
import { openTrail, type Trail } from "../support/reliability/trail.js";
import { TOKEN } from "../support/secrets.js";

/*
 * With each act the request that caused it is kept, and Slack sends the whole form with a submission: also the values that the
 * bot put into it. So a text that somebody has taken out must not stand in the form that the bot shows again.
 */

let policy: PolicyOnDisk;
let on: Journey;
let trail: Trail;
beforeAll(async () => {
  policy = await policyOnDisk(`${FOUR_PATHS}rights: { redact: [on-call-lead] }\n`);
  on = await openJourney({ policyFile: policy.file });
  trail = openTrail(on.testApp.database.adminUrl);
});
afterEach(() => on.endsWell());
afterAll(async () => {
  await trail.close();
  await on.close();
  await policy.remove();
});

const TAKEN_OUT = "The password was Winter7harbor!";
const CONFIRMED = "The password was Summer9meadow!";
const LOGGED = "The password was Autumn5valley!";

/** The requests that are kept with entries of that type, or with all; oldest first, each as the values of its fields. */
async function requestsOf(type?: string): Promise<readonly string[]> {
  await on.allIsDelivered();
  const rows = await trail.sql<{ text: string; type: string }[]>`
    SELECT x.text, t.body::jsonb ->> 'type' AS type FROM breakglass.trail_text x JOIN breakglass.trail t USING (seq)
    WHERE x.field = 'origin' AND x.text IS NOT NULL ORDER BY t.seq`;
  return rows
    .filter((row) => type === undefined || row.type === type)
    .map(({ text }) => {
      const origin = readOrigin(text);
      if (origin?.via !== "slack-request") throw new Error("An act without a request.");
      const body = unpackBody(origin.deflated)?.toString("utf8") ?? "";
      return body.startsWith("{") ? body : JSON.stringify([...new URLSearchParams(body).values()]);
    });
}

const form = (who: JourneyPerson, submit: string, says: string): Promise<OpenView> =>
  on.slack.until(() => {
    const view = on.slack.view(who.id);
    return view?.submit === submit && on.slack.render(view).includes(says) ? view : null;
  }, `a form of ${who.id} with [${submit}] that says ${says}`);

/** The kept requests hold the text that was sent in the end, and nothing that was taken out before. */
function holdOnly(requests: readonly string[], text: string): void {
  expect(requests).toHaveLength(1);
  expect(requests[0]).toContain(text);
  expect(requests[0]).not.toContain(TOKEN);
  expect(requests[0]).not.toContain(TAKEN_OUT);
}

describe("The request that is kept holds nothing that was taken out of the form before", () => {
  it("when a declaration was asked about", async () => {
    const { priya } = on;
    await priya.opensForm();
    await priya.submits({
      Path: "at_once",
      Gates: ["change-window"],
      Target: CONFIRMED,
      Incident: "INC-219",
      Reason: TAKEN_OUT,
    });
    const asked = await form(priya, "Break Glass", "Looks like a password");
    expect(JSON.stringify(asked.values)).toContain(TAKEN_OUT);
    await priya.submits({ Reason: "Login is down." });
    await on.alertSays("BG-1", "BG-1 active", CONFIRMED);
    holdOnly(await requestsOf("bypass.declared"), CONFIRMED);
  });

  it("when the reason of a Revoke was asked about", async () => {
    await on.noor.presses("Revoke", "BG-1", "alert");
    await form(on.noor, "Revoke", "Reason");
    await on.noor.submits({ Reason: `It says ${TOKEN}.` });
    await on.noor.submits({ Reason: TAKEN_OUT });
    await form(on.noor, "Revoke", "Looks like a password");
    await on.noor.submits({ Reason: "It is over." });
    await on.alertSays("BG-1", "BG-1 revoked");
    holdOnly(await requestsOf("bypass.revoked"), "It is over.");
  });

  it("when the draft of a review was kept, and its lesson was asked about", async () => {
    const { dana } = on;
    await dana.presses("Write Review", "BG-1", "alert");
    const open = await form(dana, "Submit Review", "Verdict");
    await on.slack.as(dana.id).fill({ "What We Learned": `The runner used ${TOKEN}.` });
    await on.slack.as(dana.id).click(open, "Add Action");
    await form(dana, "Submit Review", "Action 2");
    await dana.submits({
      Verdict: "justified",
      "What Forced It": "real-emergency",
      "The Skipped Check": "passed-later",
      "What We Learned": TAKEN_OUT,
    });
    await form(dana, "Submit Review", "Looks like a password");
    await dana.submits({ "What We Learned": "The certificate is checked every week from now on." });
    await on.threadSays("BG-1", "REV-1 is submitted");
    holdOnly(await requestsOf("review.submitted"), "The certificate is checked every week from now on.");
  });

  it("when another path was chosen for a declaration", async () => {
    const { priya } = on;
    await priya.opensForm();
    const typed = { Target: "service:basket", Reason: `It says ${TOKEN}.` };
    const stopped = await priya.submits({ ...typed, Path: "at_once", Gates: ["change-window"] });
    expect(stopped.errors?.Reason).toMatch(/holds a secret/);
    await priya.submits({ Reason: "Login is down again." });
    await on.alertSays("BG-2", "BG-2 active");
    holdOnly((await requestsOf("bypass.declared")).slice(1), "Login is down again.");
  });
});

describe("A text that was refused as a secret, or only looks like one", () => {
  const seqOf = async (type: string) => (await trail.entries()).findLast((entry) => entry.type === type)?.seq;
  const refusals = async () => (await trail.entries()).filter(({ type }) => type === "attempt.refused").length;

  it("leaves no entry, so that no request is kept with it", async () => {
    await on.allIsDelivered();
    const before = await trail.length();
    for (const typed of [TOKEN, TAKEN_OUT]) {
      await on.priya.types(`log BG-2 ${typed}`);
      await on.priya.repliesInThread("BG-2", `log: ${typed}`);
      await on.priya.isTold("Not logged");
    }
    await on.allIsDelivered();
    expect(await trail.length()).toBe(before);
  });

  it("keeps no request with the attempt of somebody who may not do it, confirmed or not", async () => {
    const before = await refusals();
    await on.guest.types(`log! BG-2 ${TAKEN_OUT}`);
    await on.priya.types(`redact! ${await seqOf("bypass.declared")} reason ${TAKEN_OUT}`);
    await on.allIsDelivered();
    expect(await refusals()).toBe(before + 2);
    expect(await requestsOf("attempt.refused")).toEqual([]);
  });

  it("is kept once it is confirmed, and proven by its request", async () => {
    await on.priya.types(`log! BG-2 ${LOGGED}`);
    await on.priya.repliesInThread("BG-2", `log!: ${LOGGED}`);
    await on.priya.isTold("Logged to BG-2");
    await on.allIsDelivered();
    const { findings, origins } = await verified(on.testApp.database.appUrl, { secret: on.slack.signingSecret });
    expect(findings).toEqual([]);
    expect(origins?.proven).toBe(origins?.acts);
    expect(await requestsWith(LOGGED)).toHaveLength(2);
  });

  it("goes with its request when it is redacted, and so does the reason of a redaction", async () => {
    // The requests of all acts of its bypass go with a text.
    await on.dana.types(`redact ${await seqOf("bypass.logged")} line it looks like a password`);
    expect(await requestsWith(LOGGED)).toEqual([]);
    await on.dana.types(`redact! ${await seqOf("bypass.declared")} reason ${TAKEN_OUT}`);
    expect(await requestsWith(TAKEN_OUT)).toHaveLength(1);
    await on.dana.types(`redact ${await seqOf("text.redacted")} reason it looks like a password`);
    expect(await requestsWith(TAKEN_OUT)).toEqual([]);
  });

  /** The kept requests that hold the text. */
  async function requestsWith(text: string): Promise<readonly string[]> {
    return (await requestsOf()).filter((request) => request.includes(text));
  }
});
