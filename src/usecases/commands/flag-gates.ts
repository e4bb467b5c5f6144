import type { GateEvent } from "../../domain/events/catalogue/gate.js";
import { judgeGate } from "../../domain/gate/gate-item.js";
import type { Notice } from "../../domain/notices/effects.js";
import type { AppContext } from "../app-context.js";
import { readGates } from "../queries/gates.js";
import { recordNotice } from "./record-notice.js";

/**
 * Looks at the readings of these gates, or of all: one that has crossed the threshold becomes an item, loudly; one that
 * has fallen closes its item. Several processes may look at once: the trail takes each event once.
 */
export async function lookAtGates(context: AppContext, gates: readonly string[] | null): Promise<void> {
  const { policy } = context.policy.current();
  const { now, readings, items } = await readGates(context, gates);
  for (const reading of readings) {
    const event = judgeGate(policy, reading, items.find(({ gate }) => gate === reading.gate) ?? null, now);
    if (event === null) continue;
    const { gate, item } = event;
    await recordNotice(context, { event }, `gate:${gate}:${item}:${event.type}`, told(event));
  }
}

/** What people are told because of a event of a gate. */
export function told(event: GateEvent): readonly Notice[] {
  const { gate, item } = event;
  switch (event.type) {
    case "gate.flagged":
      return [{ kind: "gate.post", gate, item }];
    case "gate.fixed":
    case "gate.recovered":
      return [
        { kind: "gate.update", gate, item },
        { kind: "gate.reply", gate, item },
      ];
    case "gate.put_off":
    case "gate.reminded":
    case "gate.overdue":
      return [];
    default:
      return event satisfies never;
  }
}
