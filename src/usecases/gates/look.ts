import type { Notice } from "../../domain/notices/effects.js";
import type { Policy } from "../../domain/policy/policy.js";
import type { GateFact } from "../../domain/thermometer/facts.js";
import { chaseGate, type GateItem, judgeGate } from "../../domain/thermometer/gate-item.js";
import { type Reading, readingOf } from "../../domain/thermometer/readings.js";
import type { Core } from "../core.js";
import { recordNotice } from "../notices/record-notice.js";

/** The readings of these gates (of every gate that may be bypassed where `null`), with their items, at one moment. */
export async function readGates(
  core: Core,
  gates: readonly string[] | null,
): Promise<{ readonly now: string; readonly readings: readonly Reading[]; readonly items: readonly GateItem[] }> {
  const { policy } = core.policy.current();
  const now = (await core.ledger.now()).toISOString();
  const since = new Date(Date.parse(now) - 2 * policy.thermometer.windowSeconds * 1000).toISOString();
  const [counted, items] = await Promise.all([core.queries.counted(since, gates), core.queries.gateItems()]);
  const known = gates ?? [...new Set([...bypassable(policy), ...items.map(({ gate }) => gate)])];
  const readings = known.map((gate) => {
    const mendedAt = items.find((item) => item.gate === gate)?.mendedAt ?? null;
    return readingOf(gate, counted, policy.thermometer, mendedAt, now);
  });
  return { now, readings, items };
}

const bypassable = (policy: Policy): readonly string[] =>
  Object.values(policy.gates).flatMap(({ id, neverBypass }) => (neverBypass === null ? [id] : []));

/**
 * Looks at the readings of these gates, or of all: one that has crossed the threshold becomes an item, loudly; one that
 * has fallen closes its item. Several processes may look at once: the trail takes each fact once.
 */
export async function lookAtGates(core: Core, gates: readonly string[] | null): Promise<void> {
  const { policy } = core.policy.current();
  const { now, readings, items } = await readGates(core, gates);
  for (const reading of readings) {
    const fact = judgeGate(policy, reading, items.find(({ gate }) => gate === reading.gate) ?? null, now);
    if (fact === null) continue;
    const { gate, item } = fact;
    await recordNotice(core, { fact }, `gate:${gate}:${item}:${fact.type}`, told(fact));
  }
}

/** Reminds the owners of sick gates, and names overdue items in the channel. */
export async function chaseGates(core: Core): Promise<void> {
  const { policy } = core.policy.current();
  const items = (await core.queries.gateItems()).filter(({ status }) => status === "open");
  if (items.length === 0) return;
  const now = (await core.ledger.now()).toISOString();
  for (const item of items) {
    for (const fact of chaseGate(policy, item, now)) {
      const slot = "slot" in fact ? fact.slot : now;
      const effects: Notice[] =
        fact.type === "gate.reminded"
          ? [{ kind: "nudge", role: fact.role, user: null, slot }]
          : [{ kind: "overdue", channel: channelOfGates(policy), slot }];
      await recordNotice(core, { fact }, `gate:${item.gate}:${item.item}:${fact.type}:${slot}`, effects);
    }
  }
}

/** What people are told because of a fact of a gate. */
export function told(fact: GateFact): readonly Notice[] {
  const { gate, item } = fact;
  switch (fact.type) {
    case "gate.sickened":
      return [{ kind: "gate.post", gate, item }];
    case "gate.mended":
    case "gate.recovered":
      return [
        { kind: "gate.update", gate, item },
        { kind: "gate.reply", gate, item },
      ];
    case "gate.snoozed":
    case "gate.reminded":
    case "gate.overdue":
      return [];
    default:
      return fact satisfies never;
  }
}

/** Where sick gates are told of: in the channel of the digest, else in that of the alerts. */
export const channelOfGates = (policy: Policy): string =>
  policy.digest.channel ?? policy.alertChannel ?? Object.values(policy.paths)[0]?.alertChannel ?? "";
