import type { GateEvent } from "../events/catalogue/gate.js";
import { NOT_FOLLOWED_UP } from "../follow-up/state.js";
import type { GateItem } from "./gate-item.js";

/** What of an entry a gate item is told. */
interface Told {
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/**
 * The newest item of a gate after one more of its events; `null` before the first. The commit keeps the same in the table of
 * gate items. Throws on a history that cannot be: a fault of the trail.
 */
export function evolveGate(item: GateItem | null, event: GateEvent, entry: Told): GateItem {
  if (event.type === "gate.flagged") return opened(item, event, entry);
  const open = expectOpen(item, event, entry);
  switch (event.type) {
    case "gate.reminded":
      return { ...open, progress: { ...open.progress, remindedTo: event.slot } };
    case "gate.overdue":
      return { ...open, progress: { ...open.progress, told: true } };
    case "gate.put_off":
      return { ...open, progress: { ...open.progress, putOffUntil: event.until } };
    case "gate.fixed":
      return { ...open, status: "fixed", closedAt: entry.at, fixedAt: entry.at };
    case "gate.recovered":
      return { ...open, status: "recovered", closedAt: entry.at };
    default:
      return event satisfies never;
  }
}

/** When the gate was last fixed outlives the item: it says from when on bypasses count. */
function opened(
  before: GateItem | null,
  { gate, item, owner, dueAt }: Extract<GateEvent, { type: "gate.flagged" }>,
  entry: Told,
): GateItem {
  if (before?.status === "open" || item !== (before?.item ?? 0) + 1) throw impossible(entry, "opened twice");
  return {
    gate,
    item,
    status: "open",
    owner,
    openedSeq: entry.seq,
    openedAt: entry.at,
    dueAt,
    closedAt: null,
    fixedAt: before?.fixedAt ?? null,
    progress: NOT_FOLLOWED_UP,
  };
}

function expectOpen(item: GateItem | null, event: GateEvent, entry: Told): GateItem {
  if (item?.status !== "open" || item.item !== event.item) throw impossible(entry, "not open");
  return item;
}

const impossible = (entry: Told, why: string): Error =>
  new Error(`The trail cannot be read at entry ${entry.seq}: an item of a gate is ${why}.`);
