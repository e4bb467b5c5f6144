import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Chat, Posted } from "../../src/usecases/ports/ports.js";
import { DANA, ENDINGS, opening, recordIn, recordOf } from "../slack/messages/fixtures.js";
import { stillMine } from "../support/alive.js";

type Job = Parameters<Chat["perform"]>[0];
type PostEffect = Job["effect"];

/** What the suite needs of the Slack behind the port, which holds the fixtures' people and #incidents. */
export interface ChatHarness {
  readonly chat: Chat;
  /** Texts of the messages in `#incidents`, with thread replies, or in that person's direct messages, oldest first. */
  textsIn(place: string): readonly string[];
  /** Accepts the next post but loses its answer. */
  loseNextAnswer(): void;
  /** Makes Slack unreachable until the returned function is called. */
  cut(): Promise<() => Promise<void>>;
  stop(): Promise<void>;
}

const ALERT: PostEffect = { kind: "alert.post" };
const REMINDER: PostEffect = { kind: "thread.post", about: "reminder", version: 2, broadcast: false };
const ASK: PostEffect = { kind: "dm.post", to: DANA, about: "ask", version: 2, step: 0 };
const EFFECTS: readonly [string, PostEffect, string][] = [
  ["the alert", ALERT, "#incidents"],
  ["a thread reply", REMINDER, "#incidents"],
  ["a direct message", ASK, DANA],
];

/** The contract of `Chat`, run on every implementation. */
export function chatContract(name: string, start: () => Promise<ChatHarness>): void {
  describe(`${name} keeps the contract of Chat`, () => {
    let harness: ChatHarness;
    let alert: Posted;
    beforeEach(async () => {
      harness = await start();
      alert = { channel: "C0INC", ts: "0000000000.000000" };
    });
    afterEach(() => harness.stop());

    const job = (effect: PostEffect, more: Partial<Job> = {}): Job => ({
      effect,
      record: recordIn("requested"),
      alert: effect.kind === "alert.post" ? null : alert,
      outboxId: `row-${effect.kind}`,
      readBack: false,
      stillMine,
      createdAt: new Date(),
      ...more,
    });
    const post = async (effect: PostEffect, more: Partial<Job> = {}): Promise<Posted> => {
      const delivery = await harness.chat.perform(job(effect, more));
      if (!delivery.ok) throw new Error(`Not posted: ${JSON.stringify(delivery)}`);
      return delivery.posted;
    };
    const withAlert = async (effect: PostEffect): Promise<void> => {
      if (effect.kind !== "alert.post") alert = await post(ALERT);
    };

    test.each(EFFECTS)("%s is posted where it belongs", async (_, effect, place) => {
      await withAlert(effect);
      const before = harness.textsIn(place).length;
      await post(effect);
      expect(harness.textsIn(place)).toHaveLength(before + 1);
      expect(harness.textsIn(place).at(-1)).toContain("BG-42");
    });

    test.each(EFFECTS)(
      "%s whose answer is lost is ambiguous, and is read back instead of posted again",
      async (_, effect, place) => {
        await withAlert(effect);
        const before = harness.textsIn(place).length;
        harness.loseNextAnswer();
        expect(await harness.chat.perform(job(effect))).toMatchObject({ ok: false, kind: "ambiguous" });
        const again = await harness.chat.perform(job(effect, { readBack: true }));
        expect(again.ok).toBe(true);
        expect(harness.textsIn(place)).toHaveLength(before + 1);
      },
    );

    test.each(EFFECTS)("%s that never arrived is posted on the second attempt", async (_, effect, place) => {
      await withAlert(effect);
      const before = harness.textsIn(place).length;
      const restore = await harness.cut();
      const first = await harness.chat.perform(job(effect));
      expect(first.ok || first.kind === "refused").toBe(false);
      await restore();
      expect((await harness.chat.perform(job(effect, { readBack: true }))).ok).toBe(true);
      expect(harness.textsIn(place)).toHaveLength(before + 1);
    });

    test("a reply waits for the alert of its thread", async () => {
      expect(await harness.chat.perform(job(REMINDER, { alert: null }))).toMatchObject({
        ok: false,
        kind: "later",
        code: "no_alert",
      });
    });

    test("an update replaces the earlier state in the same message", async () => {
      alert = await post(ALERT);
      const posted = { ...recordOf([...opening(), ...ENDINGS.denied]), n: 42 };
      expect(
        await harness.chat.update({
          message: "alert",
          at: { ...alert, outboxId: "row-1" },
          record: posted,
          stillMine,
        }),
      ).toEqual({
        ok: true,
        posted: alert,
      });
      expect(harness.textsIn("#incidents")).toHaveLength(1);
      expect(harness.textsIn("#incidents")[0]).toContain("BG-42 denied");
    });

    test("an update of a missing message is refused", async () => {
      const nowhere = { channel: "C0INC", ts: "1000000000.000001", outboxId: "row-1" };
      expect(
        await harness.chat.update({ message: "alert", at: nowhere, record: recordIn("denied"), stillMine }),
      ).toMatchObject({
        ok: false,
        kind: "refused",
      });
    });
  });
}
