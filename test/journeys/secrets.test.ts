import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { FormValues, Message } from "../../demo/slack/index.js";
import { VIEWS } from "../../src/slack/actions.js";
import { type Journey, openJourney } from "../support/journey/journey.js";
import { atWork, opening } from "../support/journey/office.js";
import type { JourneyPerson } from "../support/journey/person.js";
import { TOKEN } from "../support/secrets.js";

let on: Journey;
beforeAll(async () => {
  on = await openJourney();
  await on.itIs(opening(on.now()));
});
afterEach(() => on.endsWell());
afterAll(() => on.close());

/** The forms that were walked through, by their `callback_id`. */
const walked = new Set<string>();

/** A password of its own for each text, so that no text is confirmed by another. */
let made = 0;
const likeness = (): string => `The password was Winter${++made}harbor!`;

const formOf = (who: JourneyPerson, submit: string) =>
  on.slack.until(() => {
    const view = on.slack.view(who.id);
    return view?.submit === submit ? view : null;
  }, `the form of ${who.id} with [${submit}]`);

const inChannel = (...words: string[]): Message[] =>
  on.slack
    .messages("C0INCIDENTS")
    .filter((one) => words.every((word) => `${on.slack.render(one)}\n${one.text}`.includes(word)));

/**
 * Types into one field of an open form: a secret is stopped; what looks like one is asked about, another text anew, and the
 * same text again is recorded. Returns what was recorded.
 */
async function asksOnceIn(
  who: JourneyPerson,
  submit: string,
  label: string,
  others: FormValues = {},
  isLast = true,
): Promise<string> {
  walked.add((await formOf(who, submit)).callback_id);
  const stopped = await who.submits({ ...others, [label]: `It says ${TOKEN}.` });
  expect(stopped.errors?.[label], label).toMatch(/holds a secret \(GitHub token\)/);
  const looks = `Looks like a password.* Edit it, or press ${submit} again to send it as it is.`;
  const [first, second] = [likeness(), likeness()];
  for (const typed of [first, second]) {
    await who.submits({ [label]: typed });
    const asked = await formOf(who, submit);
    expect(on.slack.render(asked).replaceAll("*", "")).toContain(looks.replaceAll("*", ""));
    expect(JSON.stringify(asked.values)).toContain(typed);
  }
  if (isLast) {
    expect((await who.submits({})).errors).toBeUndefined();
    await on.slack.until(() => on.slack.view(who.id) === undefined || null, `the form with [${submit}] to close`);
  }
  return second;
}

const REVIEW = {
  Verdict: "justified",
  "What Forced It": "real-emergency",
  "The Skipped Check": "passed-later",
} as const;

describe("A text that looks like a secret is asked about once, and a secret is stopped", () => {
  it("in target and reason of a declaration", async () => {
    await on.priya.opensForm();
    const others = { Gates: ["e2e-suite"], Incident: "INC-219", Reason: "Login is down." };
    const target = await asksOnceIn(on.priya, "Break Glass", "Target", others, false);
    const reason = await asksOnceIn(on.priya, "Break Glass", "Reason", {});
    await on.alertSays("BG-1", target, reason);
  });

  it("in the reason of a Deny, and of a Revoke", async () => {
    await on.noor.presses("Deny", "BG-1", "alert");
    const denied = await asksOnceIn(on.noor, "Deny", "Reason");
    await on.alertSays("BG-1", "denied", denied);
    await on.priya.declares();
    await on.noor.approves("BG-2");
    await on.alertSays("BG-2", "BG-2 active");
    await on.noor.presses("Revoke", "BG-2", "alert");
    const revoked = await asksOnceIn(on.noor, "Revoke", "Reason");
    await on.alertSays("BG-2", "revoked", revoked);
  });

  it("in a log line, by command and in the thread, where an exclamation mark stands for the second time", async () => {
    const [typed, replied] = [likeness(), likeness()];
    const { priya } = on;
    expect(await priya.types(`log BG-2 ${TOKEN}`)).toMatch(/Not logged.*holds a secret \(GitHub token\)/);
    expect(await priya.types(`log! BG-2 ${TOKEN}`)).toMatch(/Not logged.*holds a secret \(GitHub token\)/);
    expect(await priya.types(`log BG-2 ${typed}`)).toMatch(/looks like a password.*`log!` in place of `log`/);
    expect(await priya.types(`log! BG-2 ${typed}`)).toContain("Logged to BG-2");
    await priya.repliesInThread("BG-2", `log: ${replied}`);
    await priya.isTold("Not logged", "looks like a password", "`log!`");
    await priya.repliesInThread("BG-2", `log!: ${replied}`);
    await priya.isTold("Logged to BG-2");
    const record = await priya.types("show BG-2");
    for (const line of [typed, replied]) expect(record).toContain(line);
  });

  it("in the reason of a redaction", async () => {
    const seq = /revoked.*?\(entry (\d+)\)/s.exec(await on.noor.types("show BG-2"))?.[1];
    const why = likeness();
    expect(await on.noor.types(`redact ${seq} reason ${TOKEN}`)).toMatch(/Not redacted.*holds a secret/);
    expect(await on.noor.types(`redact ${seq} reason ${why}`)).toMatch(/looks like a password.*`redact!`/);
    expect(await on.noor.types(`redact! ${seq} reason ${why}`)).toContain("is gone for good");
  });

  it("in what the requester adds, and in the reason for putting a review off", async () => {
    await on.priya.presses("Add My View", "BG-2", "alert");
    await on.threadSays("BG-2", await asksOnceIn(on.priya, "Add", "My View"));
    await on.itIs(opening(on.now(), 2));
    await on.allIsDelivered();
    await on.dana.presses("Put Off", "REV-2 of BG-2");
    const day = opening(on.now(), 3).slice(0, 10);
    await asksOnceIn(on.dana, "Put Off", "Reason", { Until: day });
  });

  it("in the lesson and the actions of a review", async () => {
    await on.dana.presses("Write Review", "BG-2", "alert");
    const owner = { Action: "Rotate it.", Owner: on.omar.id, Due: atWork(opening(on.now(), 3)).slice(0, 10) };
    const lesson = "What We Learned";
    const learned = await asksOnceIn(on.dana, "Submit Review", lesson, { ...REVIEW, ...owner }, false);
    const action = await asksOnceIn(on.dana, "Submit Review", "Action");
    await on.threadSays("BG-2", learned);
    await on.omar.getsMessage("An action from REV-2", action);
  });

  it("in the reason for putting an action off, and for dropping it", async () => {
    await on.omar.presses("Put Off", "An action from REV-2");
    await asksOnceIn(on.omar, "Put Off", "Reason", { Until: opening(on.now(), 2).slice(0, 10) });
    await on.omar.presses("Drop", "An action from REV-2");
    await asksOnceIn(on.omar, "Drop", "Reason");
  });

  it("in the answers of a gate's owner", async () => {
    let n = 2;
    const sick = async (): Promise<Message> => {
      for (let more = 0; more < 3; more++) await on.closedBypass(`BG-${++n}`);
      return on.slack.until(() => inChannel("is sick", "[Gate Changed]").at(-1), "a sick gate");
    };
    const first = await sick();
    await on.slack.as(on.noor.id).click(first, "Put Off");
    await asksOnceIn(on.noor, "Put Off", "Reason", { Until: opening(on.now(), 2).slice(0, 10) });
    await on.slack.as(on.noor.id).click(first, "Gate Changed");
    await asksOnceIn(on.noor, "Record", "Reason");
    await on.slack.until(() => inChannel("[Gate Changed]").length === 0 || null, "no buttons on what is closed");
    await on.slack.as(on.noor.id).click(await sick(), "Gate Retired");
    await asksOnceIn(on.noor, "Record", "Reason");
  });

  it("in every form there is but the one whose words are not recorded", () => {
    const { proceedAlone: _, ...forms } = VIEWS;
    expect([...walked].sort()).toEqual(Object.values(forms).sort());
  });
});
