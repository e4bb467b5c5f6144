import type { GateFact } from "../../domain/events/catalogue/gate.js";
import { judgeGate } from "../../domain/gate/gate-item.js";
import type { Notice } from "../../domain/notices/effects.js";
import type { Core } from "../app-context.js";
import { readGates } from "../queries/gates.js";
import { recordNotice } from "./record-notice.js";

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
