import { followUpGate } from "../../domain/gate/gate-item.js";
import type { Notice } from "../../domain/notices/effects.js";
import { noticesOf } from "../../domain/notices/notices-of.js";
import { channelOfGates } from "../../domain/policy/channels.js";
import type { AppContext } from "../app-context.js";
import { eachOf } from "../each-of.js";
import { recordNotice } from "../record-system.js";

/** Reminds the owners of sick gates and reports overdue items in the channel. */
export async function followUpGates(context: AppContext): Promise<void> {
  const { policy } = context.policy.current();
  const items = (await context.queries.gateItems()).filter(({ status }) => status === "open");
  if (items.length === 0) return;
  const now = (await context.ledger.now()).toISOString();
  await eachOf(
    context,
    "gates.follow_up",
    items,
    ({ gate }) => gate,
    async (item) => {
      for (const event of followUpGate(policy, item, now)) {
        const slot = "slot" in event ? event.slot : now;
        const effects: Notice[] =
          event.type === "gate.overdue"
            ? [{ kind: "overdue", channel: channelOfGates(policy), slot }]
            : [...noticesOf(event)];
        await recordNotice(context, { event }, `gate:${item.gate}:${item.item}:${event.type}:${slot}`, effects);
      }
    },
  );
}
