import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Effect } from "../../../src/domain/bypass/effects.js";
import { postedAlert } from "../../../src/domain/bypass/state.js";
import type { EffectContext } from "../../../src/usecases/delivery/effect-context.js";
import { performEffect } from "../../../src/usecases/delivery/perform-effect.js";
import { LEE } from "../../slack/messages/fixtures.js";
import { type Delivering, openDelivering } from "../../support/delivering.js";

const ALERT: Effect = { kind: "alert.post" };
const ASK: Effect = { kind: "dm.post", to: LEE, about: "ask", version: 1, step: 0 };

let on: Delivering;
beforeAll(async () => {
  on = await openDelivering();
});
afterAll(() => on.close());

const messagesOf = (n: number) => {
  const places = ["C0INC", on.slack.dm(LEE)];
  return places.flatMap((place) => on.slack.messages(place)).filter(({ text }) => new RegExp(`BG-${n}\\b`).test(text));
};

/**
 * One process is suspended right before Slack gets its message, and another one, which takes it for dead, posts the
 * message. Then the first one goes on.
 */
async function suspendedWhilePosting(effect: Effect, stillMine: () => boolean) {
  const { n, id } = await on.declared(effect);
  const suspended = on.process();
  const other = on.process(on.anotherOutbox());
  const takenOver: EffectContext = {
    ...suspended,
    alive: { watch: () => stillMine },
    chat: {
      ...suspended.chat,
      perform: async (job) => {
        await on.endClaims();
        await performEffect(other, id);
        return suspended.chat.perform(job);
      },
    },
  };
  await performEffect(takenOver, id);
  return { n, id, logged: suspended.logged, row: suspended.row() };
}

describe.each([
  ["An alert", ALERT],
  ["A direct message that asks", ASK],
] as const)("%s", (_, effect) => {
  test("is not posted by a process that was suspended, once another one may have posted it", async () => {
    // True at the claim, false when the process goes on.
    let asked = 0;
    const { n, row } = await suspendedWhilePosting(effect, () => {
      asked += 1;
      return asked === 1;
    });
    expect(messagesOf(n)).toHaveLength(1);
    expect(row).toEqual(["again", 200, "taken_over"]);
    expect((await on.record(n)).state.pageFailures).toEqual([]);
  });

  test("that was posted twice all the same is deleted by the process that comes second", async () => {
    const { n, logged } = await suspendedWhilePosting(effect, () => true);
    const left = messagesOf(n);
    expect(left).toHaveLength(1);
    expect(logged).toContain("message.twin");
    const posts = on.slack.record.messages.filter(
      ({ kind, message }) => kind === "posted" && new RegExp(`BG-${n}\\b`).test(message.text),
    );
    expect(posts).toHaveLength(2);
    const alert = postedAlert((await on.record(n)).state);
    if (effect.kind === "alert.post") expect(alert?.ts).toBe(left[0]?.ts);
  });
});

test("a process that does not count as alive claims nothing", async () => {
  const { n, id } = await on.declared(ALERT);
  await performEffect({ ...on.process(), alive: { watch: () => () => false } }, id);
  expect(messagesOf(n)).toEqual([]);
  expect(await on.anotherOutbox().claim(id)).toMatchObject({ attempt: 1 });
});

test("an update of a message is left to the process that has taken it over, which may know a newer state", async () => {
  const { n, id } = await on.declared(ALERT);
  const one = on.process();
  await performEffect(one, id);
  const alert = postedAlert((await on.record(n)).state);
  if (alert === null) throw new Error("There is no alert.");
  const at = { ...alert, outboxId: id };
  const updates = () => on.slack.record.calls.filter(({ method }) => method === "chat.update").length;
  const before = updates();
  const record = await on.record(n);
  expect(await one.chat.update({ message: "alert", at, record, stillMine: () => false })).toMatchObject({
    kind: "later",
    code: "taken_over",
  });
  expect(updates()).toBe(before);
});
