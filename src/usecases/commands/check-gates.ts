import { judgeGate } from "../../domain/gate/flag.js";
import { noticesOf } from "../../domain/notices/notices-of.js";
import type { AppContext } from "../app-context.js";
import { eachOf } from "../each-of.js";
import { readGates } from "../queries/gates.js";
import { recordNotice } from "../record-system.js";

/**
 * Checks the readings of these gates, or of all. A gate that crosses the threshold gets an item and a message; a gate
 * that recovers has its item closed. Several processes may check at once, because the trail accepts each event once.
 */
export async function checkGates(context: AppContext, gates: readonly string[] | null): Promise<void> {
  const { policy } = context.policy.current();
  const { now, readings, items } = await readGates(context, gates);
  await eachOf(
    context,
    "gates.check",
    readings,
    ({ gate }) => gate,
    async (reading) => {
      const event = judgeGate(policy, reading, items.find(({ gate }) => gate === reading.gate) ?? null, now);
      if (event === null) return;
      const { gate, item } = event;
      await recordNotice(context, { event }, `gate:${gate}:${item}:${event.type}`, noticesOf(event));
    },
  );
}
