import { type DrillDue, drillStep } from "../../domain/drill/due.js";
import type { NoticeEvent } from "../../domain/events/catalogue/notices.js";
import type { Notice } from "../../domain/notices/effects.js";
import type { Core } from "../app-context.js";
import { recordNotice } from "../commands/record-notice.js";
import { readDrills } from "../queries/drills.js";

/** Reminds of rehearsals that are due, names overdue ones in the channel, and raises them; each slot once. */
export async function followUpDrills(core: Core): Promise<void> {
  const drills = await readDrills(core);
  if (drills.length === 0) return;
  const now = (await core.ledger.now()).toISOString();
  for (const drill of drills) await followUpDrill(core, drill, now);
}

async function followUpDrill(core: Core, drill: DrillDue, now: string): Promise<void> {
  const { path, role, escalateTo, channel } = drill;
  const { reminder, overdue, escalation } = drillStep(drill, now);
  if (reminder !== null) {
    const { at: slot, stage } = reminder;
    const raised = escalation !== null && escalateTo !== null ? [escalateTo] : [];
    const reminders = [role, ...raised].map((one): Notice => ({ kind: "reminder", role: one, user: null, slot }));
    await once(core, { type: "drill.reminded", path, slot, stage, role }, reminders);
  }
  if (escalation !== null && escalateTo !== null) {
    const reminder: Notice = { kind: "reminder", role: escalateTo, user: null, slot: escalation };
    await once(core, { type: "drill.reminded", path, slot: escalation, stage: "after", role: escalateTo }, [reminder]);
  }
  if (overdue !== null) {
    await once(core, { type: "drill.overdue", path, slot: overdue }, [{ kind: "overdue", channel, slot: overdue }]);
  }
}

type DrillEvent = Extract<NoticeEvent, { type: "drill.reminded" | "drill.overdue" }>;

/** Asked once a minute: what is on record is not written again, not even as a duplicate. */
async function once(core: Core, event: DrillEvent, effects: readonly Notice[]): Promise<void> {
  const commandId = `${event.type}:${event.path}:${"role" in event ? `${event.role}:` : ""}${event.slot}`;
  if (await core.ledger.known(commandId)) return;
  await recordNotice(core, { event }, commandId, effects);
}
