import { expect, test } from "vitest";
import type { Effect } from "../../../src/domain/bypass/effects.js";
import { effectShape, messageKeyShape } from "../../../src/postgres/outbox/effect-shape.js";

const SLOT = "2026-03-12T16:00:00.000Z";

const EACH: { readonly [Kind in Effect["kind"]]: Extract<Effect, { kind: Kind }> } = {
  "alert.post": { kind: "alert.post" },
  "thread.post": { kind: "thread.post", about: "settled", version: 3, broadcast: true },
  "dm.post": { kind: "dm.post", to: "U0LEO", about: "ask", version: 2, step: null },
  "message.update": { kind: "message.update", message: "dm:U0LEO:ask:2", version: 4 },
  rerender: { kind: "rerender", version: 9 },
  page: { kind: "page", purpose: "page", role: "on-call-lead", step: 0 },
  notify: { kind: "notify", pager: "pagerduty", action: "trigger", role: "on-call-lead", step: 0 },
  reminder: { kind: "reminder", role: "on-call-lead", user: null, slot: SLOT },
  "reminder.post": { kind: "reminder.post", to: "U0LEO", slot: SLOT },
  overdue: { kind: "overdue", channel: "#incidents", slot: SLOT },
  "overdue.post": { kind: "overdue.post", channel: "#incidents", slot: SLOT },
  "digest.post": { kind: "digest.post", channel: "#incidents", slot: SLOT },
  "gate.post": { kind: "gate.post", gate: "e2e-suite", item: 1 },
  "gate.reply": { kind: "gate.reply", gate: "e2e-suite", item: 1 },
  "gate.update": { kind: "gate.update", gate: "e2e-suite", item: 1 },
  "gap.post": { kind: "gap.post", channel: "C0INC", slot: "2026-06-22T13:00:00.000Z" },
  "use.post": { kind: "use.post", grant: 1 },
  "webhook.send": { kind: "webhook.send", webhook: "audit", version: 3 },
  readings: { kind: "readings" },
};

test.each(Object.values(EACH))("an effect of kind $kind is read as it was written", (effect) => {
  expect(effectShape.parse(JSON.parse(JSON.stringify(effect)))).toEqual(effect);
});

test.each([
  ["an unknown kind", { kind: "fax.send" }],
  ["no kind", { about: "ask" }],
  ["a post without its version", { kind: "thread.post", about: "settled", broadcast: false }],
  ["a version below 1", { kind: "rerender", version: 0 }],
  ["a topic of another kind of post", { ...EACH["thread.post"], about: "ask" }],
  ["a message without a recipient", { ...EACH["dm.post"], to: "" }],
  ["an update of an unknown message", { ...EACH["message.update"], message: "alarm" }],
  ["a page for an unknown purpose", { ...EACH.page, purpose: "wake" }],
  ["a reminder whose slot is not a time", { ...EACH.reminder, slot: "soon" }],
  ["a notification without a pager", { ...EACH.notify, pager: "" }],
  ["a notification with an unknown action", { ...EACH.notify, action: "escalate" }],
  ["a step below the first", { ...EACH.page, step: -1 }],
])("an effect with %s is refused", (_, effect) => {
  expect(effectShape.safeParse(effect).success).toBe(false);
});

test("a stored key that names no message is refused", () => {
  expect(messageKeyShape.safeParse("thread:settled:3").success).toBe(true);
  expect(messageKeyShape.safeParse("thread:settled").success).toBe(false);
  expect(messageKeyShape.safeParse(null).success).toBe(false);
});
