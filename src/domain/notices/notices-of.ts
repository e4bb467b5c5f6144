import type { TrailEvent } from "../events/catalogue/catalogue.js";
import type { Notice } from "./effects.js";

/**
 * The notices that an event of the system's stream calls for by itself. Whoever records it queues them in the same
 * statement, and a verification compares them with the outbox. What also depends on the policy is not among them.
 */
export function noticesOf(event: TrailEvent): readonly Notice[] {
  switch (event.type) {
    case "reminder.addressed":
      return event.users.map((to) => ({ kind: "reminder.post", to, slot: event.slot }));
    case "overdue.queued":
      return [{ kind: "overdue.post", channel: event.channel, slot: event.slot }];
    case "digest.queued":
      return [{ kind: "digest.post", channel: event.channel, slot: event.slot }];
    case "drill.reminded":
    case "gate.reminded":
      return [{ kind: "reminder", role: event.role, user: null, slot: event.slot }];
    case "grant.used":
      return [{ kind: "use.post", grant: event.grant }];
    case "gate.flagged":
      return [{ kind: "gate.post", gate: event.gate, item: event.item }];
    case "gate.put_off":
      return [{ kind: "gate.reply", gate: event.gate, item: event.item, putOff: event.count }];
    case "gate.fixed":
    case "gate.recovered": {
      const { gate, item } = event;
      return [
        { kind: "gate.update", gate, item },
        { kind: "gate.reply", gate, item },
      ];
    }
    default:
      return [];
  }
}
