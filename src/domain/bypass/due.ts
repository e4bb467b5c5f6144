import type { Bypass, EscalationStep } from "./state.js";

const WARNING_SECONDS = 5 * 60;

const after = (iso: string, seconds: number): number => Date.parse(iso) + seconds * 1000;

/**
 * When the warning that the grant ends soon is due (epoch ms): five minutes before the end, or, for a grant shorter
 * than 25 minutes, when a fifth of it is left.
 */
export function warningAt(bypass: Extract<Bypass, { status: "active" }>): number {
  const end = Date.parse(bypass.grant.endsAt);
  const length = end - Date.parse(bypass.grant.activatedAt);
  return end - Math.min(WARNING_SECONDS * 1000, length / 5);
}

/**
 * When a request lapses (epoch ms): after `give_up_after`. If a step was raised late, its people get at least one
 * `remind_every` interval to answer, and `hasGivenUp` waits for steps not raised yet: after downtime, a request does
 * not lapse before anybody was paged.
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

/** A step is late when raised a minute or more after its time, or at or after the time its request was due to lapse. */
const LATE_MS = 60_000;

/** Whether the request is to lapse: its time to give up has come, and every step has been raised. */
export function hasGivenUp(bypass: Bypass, at: string): boolean {
  return bypass.steps.every((step) => step.raisedAt !== null) && Date.parse(at) >= lapseAt(bypass);
}

/** Whether that many seconds have passed since the declaration, from which all `ack` times count. */
export function hasWaited(bypass: Bypass, seconds: number, at: string): boolean {
  return Date.parse(at) >= after(bypass.declaredAt, seconds);
}

/** When Proceed Alone becomes possible (epoch ms); `null` if the path never allows it. */
export function aloneAt({ declaredAt, ack }: Bypass): number | null {
  return ack.aloneAfterSeconds === null ? null : after(declaredAt, ack.aloneAfterSeconds);
}

/** Whether a step is due to be raised. */
export function isStepDue(bypass: Bypass, { afterSeconds }: EscalationStep, at: string): boolean {
  return hasWaited(bypass, afterSeconds, at);
}

/** When a step is due to be raised (epoch ms). */
const stepAt = ({ declaredAt }: Bypass, afterSeconds: number): number => after(declaredAt, afterSeconds);

/** When the next reminder is due (epoch ms). */
export function reminderAt(bypass: Bypass): number {
  return after(bypass.declaredAt, bypass.ack.remindEverySeconds * (bypass.remindedCount + 1));
}

/**
 * When `tick` next has something to record (epoch ms), or `null` if never. The follow-up of reviews has its own
 * deadlines.
 */
export function nextDueAt(bypass: Bypass): number | null {
  switch (bypass.status) {
    case "requested": {
      const steps = bypass.steps
        .filter(({ raisedAt }) => raisedAt === null)
        .map(({ afterSeconds }) => stepAt(bypass, afterSeconds));
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
