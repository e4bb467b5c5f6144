import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Journey, openJourney } from "../support/journey/journey.js";
import { atWork, closing, opening } from "../support/journey/office.js";

let on: Journey;
beforeAll(async () => {
  on = await openJourney();
  await on.itIs(opening(on.now()));
});
afterEach(() => on.endsWell());
afterAll(() => on.close());

const inChannel = (...words: string[]) =>
  on.slack.messages("C0INCIDENTS").filter((one) => words.every((word) => on.slack.render(one).includes(word)));
const channelSays = (...words: string[]) =>
  on.slack.until(() => inChannel(...words).at(-1), `${words.join(" and ")} in the channel`);

async function answerGate(who: { id: string }, button: string, submit: string, filled: Record<string, string>) {
  const message = await channelSays(`[${button}]`);
  await on.slack.as(who.id).click(message, button);
  await on.slack.until(() => on.slack.view(who.id)?.submit === submit, `the form behind ${button}`);
  return on.slack.as(who.id).submit(filled);
}

describe("A gate that is bypassed again and again", () => {
  it("is announced as sick once with its evidence, and no bypass of it is refused", async () => {
    await on.closedBypass("BG-1");
    await on.closedBypass("BG-2");
    await on.allIsDelivered();
    expect(inChannel("is sick")).toEqual([]);
    await on.closedBypass("BG-3");
    const message = await channelSays("is sick", "BG-1, BG-2, BG-3", "3 times", "[Gate Changed]");
    expect(message.text).toContain("the gate is wrong, so fix the gate");
    await on.closedBypass("BG-4");
    await on.allIsDelivered();
    expect(inChannel("is sick")).toHaveLength(1);
  });

  it("shows its readings in words and in a chart", async () => {
    const read = await on.priya.types("stats");
    expect(read).toContain("End-to-end suite (40 min)");
    expect(read).toContain("sick, 4 bypasses, 0 in the window before (rising)");
    expect(read).toContain("Two approvals on main");
    expect(read).not.toContain("@Priya");
    await on.slack.until(() => on.slack.record.uploads.length === 1, "the picture");
    expect(on.slack.record.uploads[0]?.content.subarray(1, 4).toString()).toBe("PNG");
    // Whoever does not see the picture reads the same in its message.
    const shown = on.slack.messages(on.slack.record.uploads[0]?.channel ?? "").at(-1);
    expect(shown?.text).toContain("4 bypasses, 0 in the window before (rising)");
    expect(on.slack.violations).toEqual([]);
    const single = await on.priya.types("stats e2e-suite");
    expect(single).toContain("is sick: 4 bypasses");
    expect(single).toContain("4 not reviewed yet.");
    await on.slack.until(() => on.slack.record.uploads.length === 2, "the second picture");
    expect(await on.priya.types("stats e2e-suit")).toContain("Did you mean `/breakglass stats e2e-suite`?");
  });

  it("can be recorded as changed only by its owner; then the count restarts, and a relapse is announced", async () => {
    const message = await channelSays("[Gate Changed]");
    await on.slack.as(on.lee.id).click(message, "Gate Changed");
    await on.lee.isTold("Not recorded", "only the gate's owner");
    await answerGate(on.noor, "Put Off", "Put Off", {
      Until: opening(on.now(), 2).slice(0, 10),
      Reason: "Omar is on it.",
    });
    await channelSays("is put off by @Noor until", "Reason: Omar is on it.", "It can be put off once more.");
    const empty = await answerGate(on.noor, "Gate Changed", "Record", { Reason: "  " });
    expect(JSON.stringify(empty)).toContain("write a sentence or two first");
    await on.slack.as(on.noor.id).submit({ Reason: "The flaky login test is gone." });
    await channelSays("is recorded as changed", "The flaky login test is gone.");
    await on.slack.until(() => inChannel("[Gate Changed]").length === 0, "no buttons on what is closed");
    expect(await on.priya.types("stats e2e-suite")).toContain("changed");

    await on.closedBypass("BG-5");
    await on.closedBypass("BG-6");
    await on.allIsDelivered();
    expect(inChannel("is sick", "[Gate Changed]")).toEqual([]);
    await on.closedBypass("BG-7");
    await channelSays("is sick", "BG-5, BG-6, BG-7", "[Gate Changed]");
  });

  it("loses its owner's reason in every message when that is redacted", async () => {
    const stats = await on.noor.types("stats e2e-suite");
    const seq = /flaky login test is gone\. \(entry (\d+)\)/.exec(stats)?.[1];
    expect(await on.priya.types(`redact ${seq} reason it names a customer`)).toContain("your roles do not allow it");
    expect(await on.noor.types(`redact ${seq} reason it names a customer`)).toContain("about the gate are drawn again");
    await on.allIsDelivered();
    expect(inChannel("flaky login test")).toEqual([]);
    expect(inChannel("is recorded as changed", "left out").length).toBeGreaterThanOrEqual(2);
    expect(await on.noor.types("stats e2e-suite")).not.toContain("flaky login test");
    expect(await on.noor.types(`redact ${seq} reason once more`)).toContain("no such text");
  });

  it("is followed up with its owner and in the channel until its reading recovers", async () => {
    await on.itIs(atWork(opening(on.now(), 9)));
    await on.noor.getsMessage("Sick gate", "e2e-suite");
    await on.itIs(opening(on.now(), 2));
    await channelSays("Overdue:", "Sick gate");
    await on.itIs(opening(on.now(), 20));
    await on.itIs(opening(on.now()));
    await channelSays("is well again");
    await on.slack.until(() => inChannel("[Gate Changed]").length === 0, "no buttons on what is closed");
  });

  it("is announced in the morning when it becomes sick at night", async () => {
    await on.itIs(closing(on.now()));
    await on.minutesPass(60);
    for (const name of ["BG-8", "BG-9", "BG-10"]) await on.closedBypass(name, "two-approvals");
    await on.minutesPass(120);
    expect(await on.priya.types("stats two-approvals")).toContain("is sick");
    expect(inChannel("is sick", "BG-8")).toEqual([]);
    await on.itIs(opening(on.now()));
    expect(inChannel("is sick", "BG-8, BG-9, BG-10", "[Gate Changed]")).toHaveLength(1);
  });

  it("is recorded as changed in its thread at once, also when its owner answers at night", async () => {
    await on.itIs(closing(on.now()));
    await on.minutesPass(60);
    await answerGate(on.noor, "Gate Changed", "Record", { Reason: "A second reviewer is on call at night." });
    await on.allIsDelivered();
    expect(inChannel("is recorded as changed", "A second reviewer is on call at night.")).toHaveLength(2);
  });
});
