import { equal, ok } from "node:assert/strict";
import type { Effect } from "../../../src/domain/bypass/effects.js";
import { ending, isOf, isOpen, type Step, settlement } from "./model-world.js";

/** Every effect follows from an entry of the same commit, once, and what must be told is told. */
export function checkEffects(step: Step): void {
  const { fresh, effects, before } = step;
  const versions = new Set(fresh.map((entry) => entry.version));
  ok(effects.every((effect) => !("version" in effect) || versions.has(effect.version)));
  equal(new Set(effects.map((effect) => JSON.stringify(effect))).size, effects.length, "an effect came twice");
  const count = (kind: Effect["kind"]) => effects.filter((effect) => effect.kind === kind).length;
  equal(count("alert.post"), before === null ? 1 : 0);
  if (!fresh.some(isOf("bypass.declared"))) equal(count("page"), fresh.filter(isOf("ack.escalated")).length);
  equal(count("redraw"), fresh.filter(isOf("text.redacted")).length);

  const threads = effects.flatMap((effect) => (effect.kind === "thread.post" ? [effect.about] : []));
  const about = (...topics: readonly string[]) => threads.filter((topic) => topics.includes(topic)).length;
  equal(about("settled", "alone"), fresh.filter(settlement).length, "a settlement is told once");
  equal(about("ended"), fresh.filter(ending).length, "an end is told once");
  questions(step);
  if (before !== null && fresh.some(settlement)) everyButtonGoes(step);
}

/** Nobody is asked what is settled, and the requester is not asked at all. */
function questions({ effects, world: { state } }: Step): void {
  for (const effect of effects) {
    if (effect.kind === "dm.post" && effect.about === "ask") ok(isOpen(state) && effect.to !== state.requester.user);
    if (effect.kind === "thread.post" && effect.about === "reminder") equal(state.status, "requested");
    if (effect.kind === "thread.post" && effect.about === "page-failed") ok(isOpen(state));
  }
}

/** Each message that was posted with buttons of the request is brought up to date by its settlement. */
function everyButtonGoes({ effects, world: { state } }: Step): void {
  const updated = new Set(effects.flatMap((effect) => (effect.kind === "message.update" ? [effect.message] : [])));
  ok(updated.has("alert"));
  ok(state.reminders.every((version) => updated.has(`thread:reminder:${version}`)));
  ok(state.asked.every(({ user, version }) => updated.has(`dm:${user}:ask:${version}`)));
  ok(updated.has(`dm:${state.requester.user}:pending:1`));
}
