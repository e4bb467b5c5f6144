import type { NoticeEvent } from "../../events/catalogue/notices.js";
import { strangerViolations } from "./pages.js";
import { anyAllows, type RulesInForce } from "./rules-in-force.js";

/** Judges an event of a reminder or the digest: whom it addresses, and where it goes. */
export function noticeByPolicy(rules: RulesInForce, event: NoticeEvent): readonly string[] {
  switch (event.type) {
    case "reminder.addressed":
      return event.role === null ? [] : strangerViolations(rules, event.role, event.users);
    case "digest.queued":
      return anyAllows(rules.inForce, ({ digest }) =>
        digest.channel === event.channel ? null : "sends the digest to another channel than the policy on record names",
      );
    case "drill.reminded":
      return anyAllows(rules.inForce, ({ paths }) => {
        const { drillEverySeconds = null, review = null } = paths[event.path] ?? {};
        const isAsked = event.role === review?.reviewer || event.role === review?.escalateTo;
        return drillEverySeconds !== null && isAsked
          ? null
          : "reminds of a drill for which the policy on record does not ask";
      });
    case "drill.overdue":
      return anyAllows(rules.inForce, ({ paths }) =>
        (paths[event.path]?.drillEverySeconds ?? null) === null
          ? "reports a drill overdue for which the policy on record does not ask"
          : null,
      );
    // The channel may be that of a bypass whose path is gone.
    case "overdue.queued":
      return [];
    default:
      return event satisfies never;
  }
}
