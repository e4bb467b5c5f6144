import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { INCIDENTS } from "../../demo/cast.js";
import { MOST_ALERTS_LOST } from "../../src/domain/bypass/state.js";
import { type Journey, openJourney, startsWith } from "../support/journey/journey.js";

let on: Journey;
beforeAll(async () => {
  on = await openJourney();
});
afterEach(() => on.endsWell());
afterAll(() => on.close());

const alertsOf = (name: string) =>
  on.slack.messages(INCIDENTS).filter((one) => one.thread_ts === undefined && startsWith(one.text, name));
const metadata = z.object({ event_payload: z.object({ outbox_id: z.uuid() }) });
/** The outbox row that the alert says it was posted by. */
const rowOf = async (name: string) => metadata.parse((await on.alert(name)).metadata).event_payload.outbox_id;
/** Deletes the alert and tells the bot, unless the event is lost. */
const deletes = async (name: string, told = true) => {
  const { ts } = await on.alert(name);
  // The trail knows the alert only once Slack's answer was recorded.
  await on.allIsDelivered();
  if (told) return on.slack.deleteMessage(INCIDENTS, ts);
  on.slack.loseMessage(INCIDENTS, ts);
};

describe("An alert that an admin deletes", () => {
  it("is posted anew at once, says so, and its replies go to the new one", async () => {
    await on.priya.declares();
    await on.alertSays("BG-1", "[Approve] [Deny]");
    const first = await rowOf("BG-1");
    await deletes("BG-1");
    await on.alertSays("BG-1", "The earlier message was deleted", "[Approve] [Deny]");
    const second = await rowOf("BG-1");
    expect(second).not.toBe(first);
    await on.noor.approves("BG-1", "alert");
    await on.threadSays("BG-1", "Approved by @Noor");
    await on.alertSays("BG-1", "BG-1 active");
    expect(await rowOf("BG-1")).toBe(second);
    await on.priya.presses("Close", "BG-1", "alert");
    await on.threadSays("BG-1", "closed");
    expect(alertsOf("BG-1")).toHaveLength(1);
    expect(await on.dana.types("show BG-1")).toContain("the message of the alert was deleted");
  });

  it("is posted anew at the decision when Slack told nobody of the deletion", async () => {
    await on.priya.declares();
    await on.alert("BG-2");
    await on.noor.getsMessage("BG-2", "[Approve]");
    await deletes("BG-2", false);
    await on.noor.denies("BG-2", "Not this time.");
    await on.minutesPass(1);
    await on.alertSays("BG-2", "BG-2 denied", "The earlier message was deleted");
    await on.threadSays("BG-2", "Denied by @Noor");
    await on.allIsDelivered();
    expect(alertsOf("BG-2")).toHaveLength(1);
    // Slack posts a reply to a deleted message in the channel: none may be left there.
    const stray = on.slack
      .messages(INCIDENTS)
      .filter((one) => one.thread_ts === undefined && /Denied by/.test(one.text));
    expect(stray.filter((one) => !startsWith(one.text, "BG-2"))).toEqual([]);
  });

  it("stays deleted once the bypass is over", async () => {
    await deletes("BG-2");
    await on.allIsDelivered();
    expect(alertsOf("BG-2")).toEqual([]);
  });

  it("is not posted for ever when something deletes each one, and the requester is told", async () => {
    await on.priya.declares();
    for (let round = 0; round <= MOST_ALERTS_LOST; round += 1) {
      await deletes("BG-3");
    }
    await on.priya.getsMessage("BG-3", "could not be posted", "message_deleted");
    await on.allIsDelivered();
    expect(alertsOf("BG-3")).toEqual([]);
    await on.priya.presses("Withdraw", "BG-3");
    await on.nobodyCanAnswer("BG-3");
  });
});
