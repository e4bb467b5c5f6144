import { type DrillDue, drillStep } from "../../domain/drill/due.js";
import type { NoticeEvent } from "../../domain/events/catalogue/notices.js";
import type { Notice } from "../../domain/notices/effects.js";
import { noticesOf } from "../../domain/notices/notices-of.js";
import type { AppContext } from "../app-context.js";
import { eachOf } from "../each-of.js";
import { readDrills } from "../queries/drills.js";
import { recordNotice } from "../record-system.js";

/** Reminds of due drills, reports overdue ones in the channel and escalates them; once per slot. */
export async function followUpDrills(context: AppContext): Promise<void> {
  const drills = await readDrills(context);
  if (drills.length === 0) return;
  const now = (await context.ledger.now()).toISOString();
  await eachOf(
    context,
    "drills.follow_up",
    drills,
    ({ path }) => path,
    (drill) => followUpDrill(context, drill, now),
  );
}

async function followUpDrill(context: AppContext, drill: DrillDue, now: string): Promise<void> {
  const { path, role, escalateTo, channel } = drill;
  const { reminder, overdue, escalation } = drillStep(drill, now);
  if (reminder !== null) {
    const { at: slot, stage } = reminder;
    const escalated: readonly Notice[] =
      escalation !== null && escalateTo !== null ? [{ kind: "reminder", role: escalateTo, user: null, slot }] : [];
    await recordOnce(context, { type: "drill.reminded", path, slot, stage, role }, escalated);
  }
  if (escalation !== null && escalateTo !== null) {
    await recordOnce(context, { type: "drill.reminded", path, slot: escalation, stage: "after", role: escalateTo });
  }
  if (overdue !== null) {
    await recordOnce(context, { type: "drill.overdue", path, slot: overdue }, [
      { kind: "overdue", channel, slot: overdue },
    ]);
  }
}

type DrillEvent = Extract<NoticeEvent, { type: "drill.reminded" | "drill.overdue" }>;

/**
 * Records the event with the notices that follow from it, and others. Runs once a minute, so it skips what is already
 * recorded instead of committing a duplicate.
 */
async function recordOnce(context: AppContext, event: DrillEvent, more: readonly Notice[] = []): Promise<void> {
  const commandId = `${event.type}:${event.path}:${"role" in event ? `${event.role}:` : ""}${event.slot}`;
  if (await context.ledger.known(commandId, event.type)) return;
  await recordNotice(context, { event }, commandId, [...noticesOf(event), ...more]);
}
