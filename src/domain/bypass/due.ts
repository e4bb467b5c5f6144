import type { Bypass } from "./state.js";

const WARNING_SECONDS = 5 * 60;

const after = (iso: string, seconds: number): number => Date.parse(iso) + seconds * 1000;

/**
 * When the warning before the end is due (epoch ms): five minutes before it, or at the last fifth of a grant that is
 * shorter than 25 minutes.
 */
export function warningAt(bypass: Extract<Bypass, { status: "active" }>): number {
  const end = Date.parse(bypass.grant.endsAt);
  const length = end - Date.parse(bypass.grant.activatedAt);
  return end - Math.min(WARNING_SECONDS * 1000, length / 5);
}

/**
 * When a request lapses (epoch ms): after `give_up_after`, and where a step was raised late, not before its people had
 * one interval of `remind_every` to answer. Steps that are still to be raised are waited for by `hasGivenUp`. So a
 * Breakglass that was down does not give up unheard.
 */
export function lapseAt(bypass: Bypass): number {
  const onTime = after(bypass.declaredAt, bypass.ack.giveUpAfterSeconds);
  const late = bypass.steps.flatMap(({ raisedAt, afterSeconds }) => {
    if (raisedAt === null) return [];
    const isLate = Date.parse(raisedAt) >= Math.min(stepAt(bypass, afterSeconds) + LATE_MS, onTime);
    return isLate ? [after(raisedAt, bypass.ack.remindEverySeconds)] : [];
  });
  return Math.max(onTime, ...late);
}

/** A step counts as raised late when it was raised a minute or more after its time, or when its request was to lapse. */
const LATE_MS = 60_000;

/** When a step is to be raised (epoch ms); all `ack` times count from the declaration. */
export function stepAt(bypass: Bypass, afterSeconds: number): number {
  return after(bypass.declaredAt, afterSeconds);
}

/** When the next reminder is due (epoch ms). */
export function reminderAt(bypass: Bypass): number {
  return after(bypass.declaredAt, bypass.ack.remindEverySeconds * (bypass.remindedCount + 1));
}

/**
 * The next moment at which time alone changes something (epoch ms), or `null` when it never will. Reviews are followUp
 * by their own deadlines.
 */
export function nextDueAt(bypass: Bypass): number | null {
  switch (bypass.status) {
    case "requested": {
      const steps = bypass.steps.filter((r) => r.raisedAt === null).map((r) => stepAt(bypass, r.afterSeconds));
      const lapse = lapseAt(bypass);
      const reminder = reminderAt(bypass);
      return Math.min(lapse, ...steps, ...(reminder < lapse ? [reminder] : []));
    }
    case "active": {
      const end = Date.parse(bypass.grant.endsAt);
      return bypass.grant.warned ? end : Math.min(warningAt(bypass), end);
    }
    case "denied":
    case "withdrawn":
    case "lapsed":
    case "expired":
    case "closed":
    case "revoked":
      return null;
    default:
      return bypass satisfies never;
  }
}
