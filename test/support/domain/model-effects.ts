import { equal, ok } from "node:assert/strict";
import type { Effect } from "../../../src/domain/bypass/effects.js";
import { ending, isOf, isOpen, type Step, settlement } from "./model-world.js";

/** Each effect follows from an entry of the same commit and occurs once, and no required message is missing. */
export function checkEffects(step: Step): void {
  const { fresh, effects, before } = step;
  const versions = new Set(fresh.map((entry) => entry.version));
  ok(effects.every((effect) => !("version" in effect) || versions.has(effect.version)));
  equal(new Set(effects.map((effect) => JSON.stringify(effect))).size, effects.length, "an effect occurs twice");
  const count = (kind: Effect["kind"]) => effects.filter((effect) => effect.kind === kind).length;
  equal(count("alert.post"), before === null ? 1 : 0);
  if (!fresh.some(isOf("bypass.declared"))) equal(count("page"), fresh.filter(isOf("ack.escalated")).length);
  equal(count("rerender"), fresh.filter(isOf("text.redacted")).length);

  const threads = effects.flatMap((effect) => (effect.kind === "thread.post" ? [effect.about] : []));
  const about = (...topics: readonly string[]) => threads.filter((topic) => topics.includes(topic)).length;
  equal(about("settled", "alone"), fresh.filter(settlement).length, "a settlement is posted once");
  equal(about("ended"), fresh.filter(ending).length, "an end is posted once");
  noPointlessMessage(step);
  if (before !== null && fresh.some(settlement)) everyButtonIsRemoved(step);
}

/** Nobody is asked to ack a settled request, and the requester is never asked. */
function noPointlessMessage({ effects, world: { state } }: Step): void {
  for (const effect of effects) {
    if (effect.kind === "dm.post" && effect.about === "ask") ok(isOpen(state) && effect.to !== state.requester.user);
    if (effect.kind === "thread.post" && effect.about === "reminder") equal(state.status, "requested");
    if (effect.kind === "thread.post" && effect.about === "page-failed") ok(isOpen(state));
  }
}

/** A settlement updates every message that has buttons of the request. */
function everyButtonIsRemoved({ effects, world: { state } }: Step): void {
  const updated = new Set(effects.flatMap((effect) => (effect.kind === "message.update" ? [effect.message] : [])));
  ok(updated.has("alert"));
  ok(state.reminders.every((version) => updated.has(`thread:reminder:${version}`)));
  ok(state.asked.every(({ user, version }) => updated.has(`dm:${user}:ask:${version}`)));
  ok(updated.has(`dm:${state.requester.user}:pending:1`));
}
